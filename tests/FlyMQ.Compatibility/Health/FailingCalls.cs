using System.Diagnostics;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Health;

/// <summary>A disk that fails under a running broker: strace is attached to it and answers the writes and flushes of one file with an error, until it is disposed.</summary>
internal sealed class FailingCalls : IAsyncDisposable
{
    private const string Calls = "pwrite64,pwritev,pwritev2,fsync,fdatasync";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _strace;

    private FailingCalls(Process strace) => _strace = strace;

    /// <param name="file">As the broker opened it.</param>
    /// <param name="error">Its name: <c>EIO</c>.</param>
    /// <param name="calls">Which of them fail.</param>
    public static async Task<FailingCalls> OfAsync(BrokerProcess broker, string file, string error, string calls = Calls)
    {
        var start = new ProcessStartInfo(Programs.Require("strace")) { RedirectStandardError = true };
        foreach (var argument in (string[])["-f", "-qq", "-p", $"{broker.Pid}", "-P", file, "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}", "-o", "/dev/null"])
        {
            start.ArgumentList.Add(argument);
        }

        var failing = new FailingCalls(Process.Start(start) ?? throw new InvalidOperationException("strace did not start"));
        var said = failing._strace.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (var end = DateTime.UtcNow + Patience; DateTime.UtcNow < end; await Task.Delay(10, TestContext.Current.CancellationToken))
        {
            if (failing._strace.HasExited)
            {
                Assert.SkipWhen((await said).Contains("Operation not permitted", StringComparison.Ordinal), "This machine does not let strace attach to a process (kernel.yama.ptrace_scope).");
                throw new InvalidOperationException($"strace ended: {await said}");
            }

            if (ProcessFacts.Tracers(broker.Pid).All(tracer => tracer == failing._strace.Id))
            {
                return failing;
            }
        }

        await failing.DisposeAsync();
        throw new TimeoutException($"strace did not attach to all threads of {broker.Pid}");
    }

    /// <summary>From here on the calls do what they should.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            // Not killed: it has to let go of the broker's threads.
            BrokerProcess.Terminate(_strace.Id);
            await _strace.WaitForExitAsync(CancellationToken.None);
        }

        _strace.Dispose();
    }
}

using System.Runtime.InteropServices;
using FlyMQ.Server.Running;

namespace FlyMQ.Server.Tests.Running;

public sealed partial class SignalsTests
{
    // SIGTERM and SIGINT would also end the test runner.
    private const int WindowChanged = 28;

    [Fact]
    public async Task The_first_signal_asks_for_an_end_and_the_second_one_is_it()
    {
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signals = new Signals(code => ended.TrySetResult(code), (PosixSignal)WindowChanged);
        Assert.Equal(0, Kill(Environment.ProcessId, WindowChanged));
        Assert.Equal("28", await signals.Asked.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(ended.Task.IsCompleted);

        Assert.Equal(0, Kill(Environment.ProcessId, WindowChanged));
        Assert.Equal(143, await ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

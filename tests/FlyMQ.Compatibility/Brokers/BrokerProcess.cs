using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FlyMQ.Compatibility.Brokers;

/// <summary>
/// One broker of a test: a real process on free ports of 127.0.0.1 over a temporary data folder. It can be stopped, killed and started
/// again over the same folder and port. Only processes started here are ever signalled.
/// </summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private readonly BrokerSettings _settings;
    private readonly BrokerLog _log;
    private Process? _process;

    private BrokerProcess(BrokerSettings settings)
    {
        _settings = settings;
        Folder = Directory.CreateTempSubdirectory("flymq-compat-").FullName;
        Port = FreePorts.Take(6);
        _log = new BrokerLog(Path.Combine(Folder, "broker.log"));
    }

    public string Folder { get; }

    public string DataFolder => Path.Combine(Folder, "data");

    public int Port { get; }

    public int HealthPort => Port + 2;

    public int MetricsPort => Port + 3;

    public string Address => $"127.0.0.1:{Port}";

    public string LogTail => _log.Tail();

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The broker's own process, also when strace or taskset stand before it.</summary>
    public int Pid { get; private set; }

    /// <summary>From exec to the first answered request.</summary>
    public TimeSpan StartTime { get; private set; }

    public static async Task<BrokerProcess> StartAsync(BrokerSettings? settings = null)
    {
        var broker = new BrokerProcess(settings ?? new BrokerSettings());
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync()
    {
        var clock = Stopwatch.StartNew();
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        List<string> command = [.. _settings.Wrapper, .. BrokerCommand.For(SuiteEnvironment.Target, this, _settings)];
        start.FileName = command[0];
        command.Skip(1).ToList().ForEach(start.ArgumentList.Add);
        if (SuiteEnvironment.IsKafka)
        {
            start.Environment["KAFKA_HEAP"] = "-Xms256m -Xmx512m";
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        _log.Follow(_process);
        await ReadyProbe.WaitAsync(this, _settings.StartLimit);
        StartTime = clock.Elapsed;
        Pid = _settings.Wrapper.Count > 0 && ProcessFacts.Children(_process.Id) is [var child, ..] ? child : _process.Id;
    }

    /// <summary>SIGKILL: nothing is drained, nothing is written any more.</summary>
    public async Task KillAsync()
    {
        Signal(Pid, SigKill);
        await ExitedAsync();
    }

    /// <summary>SIGTERM and a clean end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signal(Pid, SigTerm);
        return await ExitedAsync();
    }

    /// <summary>Waits until it has ended, of itself or for a signal.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitedAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the broker did not end within {StopLimit.TotalSeconds} s\n{LogTail}");
        }
    }

    /// <summary>To a process that this test started.</summary>
    public static void Terminate(int pid) => Signal(pid, SigTerm);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            if (Pid != 0 && Pid != process.Id)
            {
                Signal(Pid, SigKill);
            }

            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        _log.Dispose();
        if (Environment.GetEnvironmentVariable("FLYMQ_COMPAT_KEEP") is null or "")
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static void Signal(int pid, int signal)
    {
        if (pid <= 0)
        {
            throw new InvalidOperationException("the broker does not run");
        }

        _ = Kill(pid, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

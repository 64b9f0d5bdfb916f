using FlyMQ.Server.Commands;
using FlyMQ.Server.Health;
using FlyMQ.Server.Options;
using FlyMQ.Storage;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Running;

/// <summary>Starts a broker.</summary>
/// <param name="recovery">Told how far the recovery of its data is.</param>
/// <exception cref="StartException">It cannot start for a reason that a person can mend.</exception>
internal delegate Task<IRunningBroker> StartBroker(BrokerOptions options, ILoggerFactory loggers, RecoveryProgress recovery, CancellationToken cancellation);

/// <summary>The life of the process: lock, start, serve, drain, end.</summary>
internal sealed class BrokerProcess(BrokerOptions options, IReadOnlyList<string> warnings, ILoggerFactory loggers, TextWriter output, string? notifySocket, TimeProvider time)
{
    /// <summary>How long a broker that is stopped, or failed, may take to let go of what it holds; the process ends either way.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ServerEvents _events = new(loggers.CreateLogger("FlyMQ.Server"));
    private readonly BrokerWatch _watch = new(time);

    /// <returns>The exit code: 0 after a clean end, else 1.</returns>
    public async Task<int> RunAsync(StartBroker start, Task<string> asked)
    {
        var began = time.GetTimestamp();
        var notifier = new ServiceNotifier(notifySocket, _events);
        _events.Starting(ProductVersion.Text, options.Node.Id, options.DataDir, StorageKeys.Sync.WriteValue(options.Storage.Sync));
        foreach (var warning in warnings)
        {
            _events.Configuration(warning);
        }

        FileHandles.Raise(_events);
        using var abandon = new CancellationTokenSource();
        try
        {
            using var folder = DataFolder.Open(options.DataDir);
            // Before recovery, so that a probe is told of it instead of being refused; and until the process ends.
            using var health = HealthEndpoint.Start(options.Health, folder.Path, _watch, OsFiles.Instance, loggers, time);
            var starting = start(options with { DataDir = folder.Path }, loggers, _watch.Recovery, abandon.Token);
            if (await Task.WhenAny(starting, asked) != starting)
            {
                // Recovery of a large log may take minutes: a signal does not wait for it.
                _watch.Draining();
                await abandon.CancelAsync();
            }

            var broker = await starting;
            try
            {
                return await ServeAsync(broker, folder.Path, notifier, asked, began);
            }
            finally
            {
                await Task.WhenAny(broker.DisposeAsync().AsTask(), Task.Delay(LastWords, time, CancellationToken.None));
            }
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            return CommandLine.Ok;
        }
        catch (StartException error)
        {
            _events.CannotStart(error.Message, null);
            return CommandLine.Failed;
        }
        catch (Exception error)
        {
            var port = PortsInUse.Explain(error, options);
            _events.CannotStart(port ?? error.Message, port is null ? error : null);
            return CommandLine.Failed;
        }
    }

    private async Task<int> ServeAsync(IRunningBroker broker, string dataDir, ServiceNotifier notifier, Task<string> asked, long began)
    {
        _watch.Serving(broker.Look, broker.SlowestRequests, broker.GiveBackMemory);
        Announce(broker, dataDir, (long)time.GetElapsedTime(began).TotalMilliseconds);
        notifier.Ready();
        if (await Task.WhenAny(broker.Failed, asked) == broker.Failed)
        {
            var reason = await broker.Failed;
            _watch.Failed(reason);
            _events.Failed(reason);
            return CommandLine.Failed;
        }

        _watch.Draining();
        notifier.Stopping();
        return await StopAsync(broker, await asked);
    }

    private void Announce(IRunningBroker broker, string dataDir, long elapsedMs)
    {
        _events.Ready(elapsedMs, string.Join(", ", broker.Listeners.Select(l => $"{l.Name} {HostPort.Join(l.Advertised.Host, l.Advertised.Port)}")));
        if (options.Logging.Format == LogFormat.Text)
        {
            Banner.Write(options, broker.Listeners, dataDir, output);
        }
    }

    private async Task<int> StopAsync(IRunningBroker broker, string signal)
    {
        var began = time.GetTimestamp();
        _events.Stopping(signal, options.Shutdown.TimeoutMs);
        using var bound = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.Shutdown.TimeoutMs), time);
        try
        {
            await broker.StopAsync(bound.Token).WaitAsync(bound.Token);
            _events.Stopped((long)time.GetElapsedTime(began).TotalMilliseconds);
            return CommandLine.Ok;
        }
        catch (OperationCanceledException)
        {
            _events.StoppedLate(options.Shutdown.TimeoutMs);
            return CommandLine.Failed;
        }
    }
}

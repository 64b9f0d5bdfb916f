using System.Net;
using FlyMQ.Server.Options;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Health;

/// <summary>Probe, monitor and sockets, from before recovery to the end of the process.</summary>
internal sealed class HealthEndpoint : IDisposable
{
    private readonly StorageProbe _probe;
    private readonly HealthMonitor _monitor;
    private readonly HealthServer _server;

    private HealthEndpoint(HealthOptions options, string dataDir, BrokerWatch watch, IFiles files, ILoggerFactory loggers, TimeProvider time, HealthLimits limits)
    {
        var events = new HealthEvents(loggers.CreateLogger("FlyMQ.Health"));
        _probe = new StorageProbe(files, dataDir, options.ProbeIntervalMs, events);
        _monitor = new HealthMonitor(watch, _probe, limits, (long)options.MemoryLimitMb << 20, events);
        try
        {
            _server = new HealthServer(options.Listen, new HealthSources(() => _monitor.Verdict, () => watch.Now.Slowest?.Invoke()), events, time);
        }
        catch
        {
            _monitor.Dispose();
            _probe.Dispose();
            throw;
        }
    }

    public IReadOnlyList<IPEndPoint> Bound => _server.Bound;

    /// <returns>Null when the options say that there is none.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address is in use, or is not this machine's.</exception>
    public static HealthEndpoint? Start(
        HealthOptions options, string dataDir, BrokerWatch watch, IFiles files, ILoggerFactory loggers, TimeProvider time, HealthLimits? limits = null) =>
        options.Enabled ? new HealthEndpoint(options, dataDir, watch, files, loggers, time, limits ?? HealthLimits.Of(options)) : null;

    public void Dispose()
    {
        _server.Dispose();
        _monitor.Dispose();
        _probe.Dispose();
    }
}

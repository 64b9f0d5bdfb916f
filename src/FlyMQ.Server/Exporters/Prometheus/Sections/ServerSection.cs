using FlyMQ.Broker;
using FlyMQ.Storage;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>The process as a whole.</summary>
internal sealed class ServerSection(KafkaBroker broker, LogStore logs, TimeProvider time, long startedAt) : IMetricsSection
{
    /// <summary>Beside what the broker, the logs and the metadata do: the metrics' listener, the applier of the metadata log and its watcher.</summary>
    private const int OwnActivities = 3;

    public IReadOnlyList<MetricFamily> Families =>
    [
        ServerUptime, ServerConnectionsActive, ServerConnections, ServerGoroutines, ServerMemory,
    ];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.Begin(ServerUptime);
        page.Sample(ServerUptime, time.GetElapsedTime(startedAt).TotalSeconds);
        page.One(ServerConnectionsActive, broker.ActiveConnections);
        page.One(ServerConnections, broker.TotalConnections);
        page.One(ServerGoroutines, broker.Activities + logs.ThreadCount + OwnActivities);
        page.One(ServerMemory, Environment.WorkingSet);
        return ValueTask.CompletedTask;
    }
}

using FlyMQ.Broker;
using FlyMQ.Storage;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>The process as a whole.</summary>
internal sealed class ServerSection(KafkaBroker broker, LogStore logs) : IMetricsSection
{
    /// <summary>Beside what the broker, the logs and the metadata do: the metrics' listener, the applier of the metadata log and its watcher.</summary>
    private const int OwnActivities = 3;

    public IReadOnlyList<MetricFamily> Families =>
    [
        ServerConnectionsActive, ServerConnections, ServerGoroutines,
    ];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(ServerConnectionsActive, broker.ActiveConnections);
        page.One(ServerConnections, broker.TotalConnections);
        page.One(ServerGoroutines, broker.Activities + logs.ThreadCount + OwnActivities);
        return ValueTask.CompletedTask;
    }
}

using FlyMQ.Broker;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What clients' connections and requests take of what they may take.</summary>
internal sealed class NetworkSection(KafkaBroker broker) : IMetricsSection
{
    private static readonly MetricFamily ConnectionsLimit = new("flymq_server_connections_limit", MetricType.Gauge, "Connections that clients may have open at one time");
    private static readonly MetricFamily Refused = new(
        "flymq_server_connections_refused_total", MetricType.Counter, "Connections that were refused, by the limit that was reached", "reason");
    private static readonly MetricFamily InFlight = new("flymq_requests_in_flight", MetricType.Gauge, "Requests that are started and not answered yet");
    private static readonly MetricFamily Waiting = new("flymq_requests_waiting", MetricType.Gauge, "Requests that wait for request memory before they are read");
    private static readonly MetricFamily Memory = new("flymq_request_memory_bytes", MetricType.Gauge, "Memory held by large requests that are being read or started");
    private static readonly MetricFamily MemoryLimit = new("flymq_request_memory_limit_bytes", MetricType.Gauge, "Memory that large requests may hold; past it connections are not read from");

    public IReadOnlyList<MetricFamily> Families => [ConnectionsLimit, Refused, InFlight, Waiting, Memory, MemoryLimit];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var load = broker.NetworkLoad;
        page.One(ConnectionsLimit, load.ConnectionsLimit);
        page.Begin(Refused);
        page.Sample(Refused, load.RefusedByLimit, "max_connections");
        page.Sample(Refused, load.RefusedByAddress, "max_connections_per_ip");
        page.One(InFlight, load.RequestsInFlight);
        page.One(Waiting, load.RequestsWaiting);
        page.One(Memory, load.RequestMemoryBytes);
        page.One(MemoryLimit, load.RequestMemoryLimitBytes);
        return ValueTask.CompletedTask;
    }
}

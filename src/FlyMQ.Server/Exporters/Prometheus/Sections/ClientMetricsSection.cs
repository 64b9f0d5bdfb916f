using FlyMQ.Broker.Telemetry;
using FlyMQ.Server.Exporters.Otlp;
using static FlyMQ.Server.Exporters.Prometheus.MetricType;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>
/// What clients tell of themselves (KIP-714). Their names are in a label, not in the families' names: which metrics there are is the clients' to say, and a page has
/// the families that its documentation lists.
/// </summary>
internal sealed class ClientMetricsSection(ClientTelemetry telemetry, ClientMetricsForwarder? forwarder) : IMetricsSection
{
    private static readonly MetricFamily Value = new(
        "flymq_client_metric_value", Gauge, "A metric that a client tells of itself and that may go up and down",
        "metric", "client_id", "client_instance_id", "topic", "partition", "node_id", "attributes");

    private static readonly MetricFamily Total = new(
        "flymq_client_metric_total", Counter, "A metric that a client tells of itself and that only grows",
        "metric", "client_id", "client_instance_id", "topic", "partition", "node_id", "attributes");

    private static readonly MetricFamily Info = new(
        "flymq_client_info", Gauge, "A client that tells of itself",
        "client_id", "client_instance_id", "client_software_name", "client_software_version", "client_source_address", "group");

    private static readonly MetricFamily Clients = new("flymq_client_telemetry_clients", Gauge, "Clients that ask what to tell, or tell it");
    private static readonly MetricFamily Evicted = new("flymq_client_telemetry_evicted_total", Counter, "Clients that were forgotten because there were too many");
    private static readonly MetricFamily Pushes = new("flymq_client_telemetry_pushes_total", Counter, "Pushes of clients that were taken");
    private static readonly MetricFamily Bytes = new("flymq_client_telemetry_bytes_total", Counter, "Bytes of these pushes as they were sent");
    private static readonly MetricFamily Rejected = new("flymq_client_telemetry_rejected_total", Counter, "Requests of clients about their metrics that were refused", "reason");
    private static readonly MetricFamily Dropped = new("flymq_client_telemetry_dropped_points_total", Counter, "Points of pushes that are not shown", "reason");
    private static readonly MetricFamily Forwarded = new("flymq_client_telemetry_forwarded_total", Counter, "Pushes that were passed on to the OTLP endpoint");
    private static readonly MetricFamily NotForwarded = new("flymq_client_telemetry_forward_dropped_total", Counter, "Pushes that could not be passed on", "reason");

    public IReadOnlyList<MetricFamily> Families =>
    [
        Clients, Evicted, Pushes, Bytes, Rejected, Dropped, Forwarded, NotForwarded, Info, Value, Total,
    ];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var clients = telemetry.Clients();
        WriteCounters(page, clients);
        var telling = clients.Where(c => c.Series.Count > 0).ToList();
        if (telling.Count == 0)
        {
            return;
        }

        page.Begin(Info);
        foreach (var client in telling)
        {
            var who = client.Identity;
            page.Sample(Info, 1, who.ClientId ?? "", who.InstanceIdText, who.SoftwareName, who.SoftwareVersion, who.SourceAddress, client.GroupId);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        await WriteSeriesAsync(page, Value, telling, areCounters: false, cancellation).ConfigureAwait(false);
        await WriteSeriesAsync(page, Total, telling, areCounters: true, cancellation).ConfigureAwait(false);
    }

    private static async ValueTask WriteSeriesAsync(
        IMetricSink page, MetricFamily family, IReadOnlyList<ClientFigures> clients, bool areCounters, CancellationToken cancellation)
    {
        var hasBegun = false;
        foreach (var client in clients)
        {
            foreach (var (key, value) in client.Series.Where(s => s.Key.IsCounter == areCounters))
            {
                if (!hasBegun)
                {
                    page.Begin(family);
                    hasBegun = true;
                }

                page.Sample(family, value, key.Metric, client.Identity.ClientId ?? "", client.Identity.InstanceIdText, key.Topic, key.Partition, key.NodeId, key.Attributes);
            }

            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void WriteCounters(IMetricSink page, IReadOnlyList<ClientFigures> clients)
    {
        var counters = telemetry.Counters;
        page.One(Clients, clients.Count(c => !c.IsTerminating));
        page.One(Evicted, counters.Evicted);
        page.One(Pushes, counters.Pushes);
        page.One(Bytes, counters.Bytes);
        page.Begin(Rejected);
        page.Sample(Rejected, counters.Throttled, "throttled");
        page.Sample(Rejected, counters.UnknownSubscription, "unknown_subscription");
        page.Sample(Rejected, counters.UnsupportedCompression, "unsupported_compression");
        page.Sample(Rejected, counters.TooLarge, "too_large");
        page.Sample(Rejected, counters.Malformed, "malformed");
        page.Sample(Rejected, counters.InvalidRequest, "invalid_request");
        page.Begin(Dropped);
        page.Sample(Dropped, counters.PointsUnasked, "not_asked_for");
        page.Sample(Dropped, counters.PointsRepeated, "repeated");
        page.Sample(Dropped, counters.PointsPastClientLimit, "max_series_per_client");
        page.Sample(Dropped, counters.PointsPastLimit, "max_series");
        if (forwarder is not null)
        {
            page.One(Forwarded, forwarder.Forwarded);
            page.Begin(NotForwarded);
            page.Sample(NotForwarded, forwarder.DroppedFull, "queue_full");
            page.Sample(NotForwarded, forwarder.DroppedFailed, "failed");
            page.Sample(NotForwarded, forwarder.DroppedTooLarge, "too_large");
        }
    }
}

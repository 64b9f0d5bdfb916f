namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>How far groups are behind in time, and how long what they have not read yet is kept.</summary>
internal sealed class LagSection : IMetricsSection
{
    private static readonly MetricFamily
        LagSeconds = new(
            "flymq_consumer_group_lag_seconds", MetricType.Gauge, "Age of the first record that is not committed, 0 when there is none", "group", "topic", "partition"),
        Headroom = new(
            "flymq_consumer_group_retention_headroom_seconds", MetricType.Gauge, "Time until retention may delete the first record that is not committed", "group", "topic", "partition"),
        Pending = new(
            "flymq_consumer_group_lag_pending", MetricType.Gauge, "Partitions of groups whose lag in time is of an earlier scrape or missing, because files were not read in time");

    public IReadOnlyList<MetricFamily> Families => [LagSeconds, Headroom, Pending];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page = new SparseSink(page);
        // Ages do not add up: of several the one that is worst is told.
        await page.ByGroupPartitionAsync(LagSeconds, scrape, static l => l.Seconds, Math.Max, cancellation).ConfigureAwait(false);
        await page.ByGroupPartitionAsync(Headroom, scrape, static l => l.HeadroomSeconds, Math.Min, cancellation).ConfigureAwait(false);
        page.One(Pending, scrape.Lags.Pending);
    }
}

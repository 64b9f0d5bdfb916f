using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>How far opening the data folder is, and what it took. Told from before it begins.</summary>
internal sealed class RecoverySection(RecoveryProgress recovery) : IMetricsSection
{
    private static readonly MetricFamily Ratio = new(
        "flymq_storage_recovery_ratio", MetricType.Gauge, "How much of the journal the start has gone through: 0 to 1, and 1 from when the broker's data is open");
    private static readonly MetricFamily Seconds = new("flymq_storage_recovery_seconds", MetricType.Gauge, "How long opening the data took at the start");
    private static readonly MetricFamily Bytes = new(
        "flymq_storage_recovery_replayed_bytes", MetricType.Gauge, "Bytes of batches that the start took from the journal because the segments lacked them");
    private static readonly MetricFamily Records = new(
        "flymq_storage_recovery_replayed_journal_records", MetricType.Gauge, "Journal records that the start went through: batches, truncations, raised start offsets");

    public IReadOnlyList<MetricFamily> Families => [Ratio, Seconds, Bytes, Records];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(Ratio, recovery.Ratio);
        if (recovery.Took is { } took)
        {
            page.One(Seconds, took.TotalSeconds);
        }

        page.One(Bytes, recovery.ReplayedBytes);
        page.One(Records, recovery.ReplayedRecords);
        return ValueTask.CompletedTask;
    }
}

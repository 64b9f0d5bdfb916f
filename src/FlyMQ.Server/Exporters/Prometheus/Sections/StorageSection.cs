using FlyMQ.Storage;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What is written and read, by partition, and the journal's flushes.</summary>
internal sealed class StorageSection(LogStore logs) : IMetricsSection
{
    public IReadOnlyList<MetricFamily> Families =>
    [
        StorageSegments, StorageBytesWritten, StorageBytesRead, StorageSyncLatency,
    ];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var topics = scrape.Topics;
        var other = topics.OtherTraffic;
        await page.ByPartitionAsync(StorageSegments, topics, static p => p.Log.SegmentCount, departed: 0, cancellation).ConfigureAwait(false);
        await page.ByPartitionAsync(StorageBytesWritten, topics, static p => p.Log.Metrics.BytesWritten, other.DepartedBytesWritten, cancellation).ConfigureAwait(false);
        await page.ByPartitionAsync(StorageBytesRead, topics, static p => p.Log.Metrics.BytesRead, other.DepartedBytesRead, cancellation).ConfigureAwait(false);
        page.Begin(StorageSyncLatency);
        page.Sample(StorageSyncLatency, logs.SyncLatency);
    }
}

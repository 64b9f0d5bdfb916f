using FlyMQ.Partitions;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What there is in topics.</summary>
internal sealed class TopicsSection : IMetricsSection
{
    public IReadOnlyList<MetricFamily> Families =>
    [
        TopicPartitions, TopicMessages, TopicBytes, TopicOldestOffset, TopicNewestOffset,
    ];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var topics = scrape.Topics;
        page.Begin(TopicPartitions);
        foreach (var topic in topics.Own)
        {
            page.Sample(TopicPartitions, topic.Image.Partitions.Length, topic.Name);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (topics.HasRolledUp)
        {
            page.Sample(TopicPartitions, topics.RolledUp.Sum(t => (long)t.Image.Partitions.Length), TopicSnapshot.Other);
        }

        await page.ByPartitionAsync(TopicMessages, topics, Messages, departed: 0, cancellation).ConfigureAwait(false);
        await page.ByPartitionAsync(TopicBytes, topics, static p => p.Log.SizeInBytes, departed: 0, cancellation).ConfigureAwait(false);
        await page.ByPartitionAsync(TopicOldestOffset, topics, static p => p.View.LogStartOffset.Value, departed: null, cancellation).ConfigureAwait(false);
        await page.ByPartitionAsync(TopicNewestOffset, topics, static p => p.View.HighWatermark.Value, departed: null, cancellation).ConfigureAwait(false);
    }

    // Offsets are dense while there are neither control batches nor compaction: every batch is refused whose last offset is not its count of records
    // behind its first (RecordBatchFault.InconsistentCount), control batches of clients are refused, and nothing inside a log is removed. So the
    // difference is the number of records. With either of the two, segments have to count their batches' records.
    private static long Messages(Partition partition)
    {
        var view = partition.View;
        return view.HighWatermark - view.LogStartOffset;
    }
}

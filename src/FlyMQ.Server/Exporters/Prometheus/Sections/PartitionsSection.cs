using FlyMQ.Metadata;
using FlyMQ.Partitions;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>
/// How well the partitions are kept, and who writes to them. A partition counts on one node alone, so that the sum over the cluster is the cluster's: on its leader,
/// and without one on its first replica.
/// </summary>
internal sealed class PartitionsSection(int nodeId, PartitionSet partitions) : IMetricsSection
{
    private static readonly MetricFamily Hosted = new("flymq_partitions_hosted", MetricType.Gauge, "Partitions that have a replica on this node");
    private static readonly MetricFamily Led = new("flymq_partitions_led", MetricType.Gauge, "Partitions that this node leads");
    private static readonly MetricFamily Offline = new(
        "flymq_partitions_offline", MetricType.Gauge, "Partitions that take no records: without a leader, or their log on this node, which leads them, is fenced or cannot be opened");
    private static readonly MetricFamily UnderReplicated = new(
        "flymq_partitions_under_replicated", MetricType.Gauge, "Partitions led here with fewer replicas in sync than they have replicas");
    private static readonly MetricFamily UnderMinIsr = new(
        "flymq_partitions_under_min_isr", MetricType.Gauge, "Partitions led here with fewer replicas in sync than min.insync.replicas asks for");
    private static readonly MetricFamily Producers = new(
        "flymq_producers_active", MetricType.Gauge, "Idempotent producers that partitions of this node remember; one that writes to three partitions counts three times");
    private static readonly MetricFamily ProducersOfTopic = new(
        "flymq_topic_producers_active", MetricType.Gauge, "Idempotent producers that a topic's partitions remember, where there are some", "topic");
    private static readonly MetricFamily Duplicates = new(
        "flymq_producer_duplicates_total", MetricType.Counter, "Batches of idempotent producers that were there already and were answered, not appended");
    private static readonly MetricFamily Rejections = new(
        "flymq_producer_rejections_total", MetricType.Counter, "Batches of idempotent producers that were refused for their sequence or epoch", "reason");

    public IReadOnlyList<MetricFamily> Families => [Hosted, Led, Offline, UnderReplicated, UnderMinIsr, Producers, ProducersOfTopic, Duplicates, Rejections];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var counts = PartitionCounts.Of(scrape.Image, nodeId, partitions);
        page.One(Hosted, counts.Hosted);
        page.One(Led, counts.Led);
        page.One(Offline, counts.Offline);
        page.One(UnderReplicated, counts.UnderReplicated);
        page.One(UnderMinIsr, counts.UnderMinIsr);
        await WriteProducersAsync(page, scrape.Topics, cancellation).ConfigureAwait(false);
        page.One(Duplicates, partitions.ProducerFigures.Duplicates);
        page.Begin(Rejections);
        page.Sample(Rejections, partitions.ProducerFigures.OutOfOrder, "out_of_order_sequence");
        page.Sample(Rejections, partitions.ProducerFigures.StaleEpochs, "fenced_epoch");
    }

    private static async ValueTask WriteProducersAsync(IMetricSink page, TopicSnapshot topics, CancellationToken cancellation)
    {
        var own = topics.Own.Select(t => (t.Name, Active: t.Partitions.Sum(p => (long)p.ActiveProducers))).Where(t => t.Active > 0).ToList();
        var rolledUp = topics.SumOfRolledUp(static p => p.ActiveProducers);
        page.One(Producers, own.Sum(t => t.Active) + rolledUp);
        if (own.Count == 0 && rolledUp == 0)
        {
            return;
        }

        page.Begin(ProducersOfTopic);
        foreach (var (topic, active) in own)
        {
            page.Sample(ProducersOfTopic, active, topic);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (rolledUp > 0)
        {
            page.Sample(ProducersOfTopic, rolledUp, TopicSnapshot.Other);
        }
    }
}

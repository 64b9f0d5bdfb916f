using FlyMQ.Broker;
using FlyMQ.Partitions;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>The ways a family goes through the topics of a scrape: those of their own one by one, those that are rolled up as one.</summary>
internal static class TopicWalks
{
    public static async ValueTask ByTopicAsync(
        this IMetricSink page, MetricFamily family, TopicSnapshot topics, Action<IMetricSink, MetricFamily, TopicTraffic, string> sample, CancellationToken cancellation)
    {
        page.Begin(family);
        foreach (var topic in topics.Own)
        {
            sample(page, family, topic.Traffic, topic.Name);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (topics.HasRolledUp)
        {
            sample(page, family, topics.OtherTraffic, TopicSnapshot.Other);
        }
    }

    public static async ValueTask ByGroupAsync(
        this IMetricSink page, MetricFamily family, TopicSnapshot topics, Action<IMetricSink, MetricFamily, ConsumedTraffic, string, string> sample,
        CancellationToken cancellation)
    {
        void All(TopicTraffic traffic, string topic)
        {
            foreach (var (group, consumed) in traffic.ByGroup)
            {
                sample(page, family, consumed, topic, group);
            }

            if (traffic.Unattributed.Records > 0)
            {
                sample(page, family, traffic.Unattributed, topic, GroupLabels.Unattributed);
            }
        }

        page.Begin(family);
        foreach (var topic in topics.Own)
        {
            All(topic.Traffic, topic.Name);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (topics.HasRolledUp)
        {
            All(topics.OtherTraffic, TopicSnapshot.Other);
        }
    }

    /// <param name="departed">Added to the sum over what is rolled up; null when there is no such sum.</param>
    public static async ValueTask ByPartitionAsync(
        this IMetricSink page, MetricFamily family, TopicSnapshot topics, Func<Partition, long> value, long? departed, CancellationToken cancellation)
    {
        page.Begin(family);
        foreach (var topic in topics.Own)
        {
            foreach (var partition in topic.Partitions)
            {
                page.Sample(family, value(partition), topic.Name, PartitionLabels.Of(partition.Id.Partition));
            }

            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (departed is { } gone && topics.HasRolledUp)
        {
            page.Sample(family, topics.SumOfRolledUp(value) + gone, TopicSnapshot.Other, TopicSnapshot.Other);
        }
    }
}

using FlyMQ.Broker;
using FlyMQ.Broker.Lag;
using FlyMQ.Coordination;
using FlyMQ.Partitions;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>Walks over the groups of a scrape.</summary>
internal static class GroupWalks
{
    /// <summary>One sample for each group, and one for those that are rolled up.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="family">Labelled by group alone.</param>
    /// <param name="scrape">The groups.</param>
    /// <param name="value">Of a group; null for none.</param>
    /// <param name="rolledUp">Of those that are rolled up, when there are any; null for none.</param>
    /// <param name="cancellation">The reader is gone.</param>
    public static async ValueTask ByGroupAsync(
        this IMetricSink page, MetricFamily family, ScrapeView scrape, Func<GroupFigures, double?> value, Func<ScrapeView, double?> rolledUp, CancellationToken cancellation)
    {
        page.Begin(family);
        foreach (var group in scrape.OwnGroups)
        {
            if (value(group) is { } sample)
            {
                page.Sample(family, sample, group.GroupId);
                await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
            }
        }

        if (scrape.RolledUpGroups.Any() && rolledUp(scrape) is { } other)
        {
            page.Sample(family, other, GroupLabels.Other);
        }
    }

    /// <summary>One sample for each partition that a group has committed in; what is rolled up, be it the group, the topic or its partitions, is put together.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="family">Labelled by group, topic and partition.</param>
    /// <param name="scrape">The groups.</param>
    /// <param name="value">Of a group's partition; null for none.</param>
    /// <param name="together">Puts two into one.</param>
    /// <param name="cancellation">The reader is gone.</param>
    public static async ValueTask ByGroupPartitionAsync(
        this IMetricSink page, MetricFamily family, ScrapeView scrape, Func<PartitionLag, double?> value, Func<double, double, double> together, CancellationToken cancellation)
    {
        var detail = scrape.Topics.PartitionDetail;
        Dictionary<(string Topic, string Partition), double> ofGroup = [], ofOthers = [];
        page.Begin(family);
        foreach (var (group, partitions, _) in scrape.Lags.Groups)
        {
            var isRolledUp = scrape.IsRolledUp(group);
            foreach (var lag in partitions)
            {
                if (value(lag) is not { } sample)
                {
                    continue;
                }

                var labels = LabelsOf(lag.Partition, scrape.Topics);
                if (detail && !isRolledUp && labels.Topic != TopicSnapshot.Other)
                {
                    page.Sample(family, sample, group.GroupId, labels.Topic, labels.Partition);
                    continue;
                }

                var several = isRolledUp ? ofOthers : ofGroup;
                several[labels] = several.TryGetValue(labels, out var before) ? together(before, sample) : sample;
            }

            foreach (var ((topic, partition), sample) in ofGroup)
            {
                page.Sample(family, sample, group.GroupId, topic, partition);
            }

            ofGroup.Clear();
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        foreach (var ((topic, partition), sample) in ofOthers)
        {
            page.Sample(family, sample, GroupLabels.Other, topic, partition);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static (string Topic, string Partition) LabelsOf(Partition partition, TopicSnapshot topics) =>
        ReferenceEquals(partition.Traffic, topics.OtherTraffic) ? (TopicSnapshot.Other, TopicSnapshot.Other)
        : (partition.Topic, topics.PartitionDetail ? PartitionLabels.Of(partition.Id.Partition) : TopicSnapshot.AllPartitions);
}

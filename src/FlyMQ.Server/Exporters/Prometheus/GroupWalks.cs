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

    /// <summary>One sample for each partition that a group has committed in; what is rolled up, be it the group or the topic, is put together.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="family">Labelled by group, topic and partition.</param>
    /// <param name="scrape">The groups.</param>
    /// <param name="value">Of a group's partition; null for none.</param>
    /// <param name="together">Puts two into one.</param>
    /// <param name="cancellation">The reader is gone.</param>
    public static async ValueTask ByGroupPartitionAsync(
        this IMetricSink page, MetricFamily family, ScrapeView scrape, Func<PartitionLag, double?> value, Func<double, double, double> together, CancellationToken cancellation)
    {
        var others = new Dictionary<Partition, double>();
        double? othersOfOther = null;
        page.Begin(family);
        foreach (var (group, partitions, _) in scrape.Lags.Groups)
        {
            double? ofOther = null;
            var isRolledUp = scrape.IsRolledUp(group);
            foreach (var lag in partitions)
            {
                if (value(lag) is not { } sample)
                {
                    continue;
                }

                if (ReferenceEquals(lag.Partition.Traffic, scrape.Topics.OtherTraffic))
                {
                    ref var sum = ref isRolledUp ? ref othersOfOther : ref ofOther;
                    sum = sum is { } before ? together(before, sample) : sample;
                }
                else if (isRolledUp)
                {
                    others[lag.Partition] = others.TryGetValue(lag.Partition, out var before) ? together(before, sample) : sample;
                }
                else
                {
                    page.Sample(family, sample, group.GroupId, lag.Partition.Topic, PartitionLabels.Of(lag.Partition.Id.Partition));
                }
            }

            if (ofOther is { } rest)
            {
                page.Sample(family, rest, group.GroupId, TopicSnapshot.Other, TopicSnapshot.Other);
            }

            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        foreach (var (partition, sample) in others)
        {
            page.Sample(family, sample, GroupLabels.Other, partition.Topic, PartitionLabels.Of(partition.Id.Partition));
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (othersOfOther is { } last)
        {
            page.Sample(family, last, GroupLabels.Other, TopicSnapshot.Other, TopicSnapshot.Other);
        }
    }
}

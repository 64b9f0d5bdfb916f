using FlyMQ.Broker;
using FlyMQ.Coordination;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>Consumer groups.</summary>
internal sealed class GroupsSection(KafkaBroker broker) : IMetricsSection
{
    public IReadOnlyList<MetricFamily> Families =>
    [
        GroupMembers, GroupLag, GroupRebalances, GroupCommits,
    ];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var (topics, groups) = scrape;
        page.Begin(GroupMembers);
        foreach (var group in groups)
        {
            page.Sample(GroupMembers, group.Members, group.GroupId);
        }

        page.Begin(GroupLag);
        foreach (var group in groups)
        {
            WriteLag(page, group, topics);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        page.Begin(GroupRebalances);
        foreach (var group in groups)
        {
            page.Sample(GroupRebalances, group.Rebalances, group.GroupId);
        }

        page.Begin(GroupCommits);
        foreach (var group in groups)
        {
            foreach (var (topicId, commits) in broker.CommitsOf(group.GroupId))
            {
                if (NameOf(topicId, topics) is { } name)
                {
                    page.Sample(GroupCommits, commits, group.GroupId, name);
                }
            }

            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static string? NameOf(Guid topicId, TopicSnapshot topics) => topicId == Guid.Empty
        ? (topics.HasRolledUp ? TopicSnapshot.Other : null)
        : topics.Image.TopicOrNull(topicId)?.Name;

    private void WriteLag(IMetricSink page, GroupFigures group, TopicSnapshot topics)
    {
        long? rolledUp = null;
        foreach (var committed in group.Committed)
        {
            // An offset of a topic that is gone does not count against its successor of the same name.
            if (topics.Image.TopicOrNull(committed.Topic) is not { } topic || (committed.TopicId != Guid.Empty && committed.TopicId != topic.Id)
                || broker.Partitions.Find(new Records.TopicIdPartition(topic.Id, committed.Partition)) is not { } partition)
            {
                continue;
            }

            var view = partition.View;
            var lag = Math.Clamp(view.HighWatermark.Value - committed.Offset, 0, view.HighWatermark - view.LogStartOffset);
            if (ReferenceEquals(partition.Traffic, topics.OtherTraffic))
            {
                rolledUp = (rolledUp ?? 0) + lag;
            }
            else
            {
                page.Sample(GroupLag, lag, group.GroupId, committed.Topic, PartitionLabels.Of(committed.Partition));
            }
        }

        if (rolledUp is { } sum)
        {
            page.Sample(GroupLag, sum, group.GroupId, TopicSnapshot.Other, TopicSnapshot.Other);
        }
    }
}

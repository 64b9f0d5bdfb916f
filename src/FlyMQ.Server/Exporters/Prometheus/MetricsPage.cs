using System.Globalization;
using FlyMQ.Broker;
using FlyMQ.Coordination;
using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Storage;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>
/// The page, made anew for every scrape by walking what lives: topics of the image, their partitions, the coordinator's groups, the log store. Nothing is
/// registered and nothing has to be removed: a series is there as long as what it tells of.
/// </summary>
/// <param name="startedAt">When the broker began, in timestamps of <paramref name="time"/>.</param>
internal sealed class MetricsPage(KafkaBroker broker, LogStore logs, IMetadataQuorum metadata, TimeProvider time, long startedAt)
{
    /// <summary>The group of records that were fetched by nobody in particular.</summary>
    public const string Unattributed = "<unattributed>";

    /// <summary>Beside what the broker, the logs and the metadata do: this listener, the applier of the metadata log and its watcher.</summary>
    private const int OwnActivities = 3;

    public async Task WriteAsync(ExpositionWriter page, CancellationToken cancellation)
    {
        var groups = (await broker.GroupsAsync(cancellation).ConfigureAwait(false)).OrderBy(g => g.GroupId, StringComparer.Ordinal).ToList();
        var topics = TopicSnapshot.Take(metadata.Image, broker.Partitions);
        WriteServer(page);
        await WriteMessagesAsync(page, topics, cancellation).ConfigureAwait(false);
        await WriteTopicsAsync(page, topics, cancellation).ConfigureAwait(false);
        await WriteGroupsAsync(page, groups, topics, cancellation).ConfigureAwait(false);
        WriteCluster(page, topics.Image);
        await WriteStorageAsync(page, topics, cancellation).ConfigureAwait(false);
        One(page, RolledUpTopics, topics.RolledUp.Count);
        await page.EndAsync(cancellation).ConfigureAwait(false);
    }

    private void WriteServer(ExpositionWriter page)
    {
        page.Begin(ServerUptime);
        page.Sample(ServerUptime, time.GetElapsedTime(startedAt).TotalSeconds);
        One(page, ServerConnectionsActive, broker.ActiveConnections);
        One(page, ServerConnections, broker.TotalConnections);
        One(page, ServerGoroutines, broker.Activities + logs.ThreadCount + OwnActivities);
        One(page, ServerMemory, Environment.WorkingSet);
    }

    private static async ValueTask WriteMessagesAsync(ExpositionWriter page, TopicSnapshot topics, CancellationToken cancellation)
    {
        await ByTopicAsync(page, MessagesProduced, topics, static (p, f, t, name) => p.Sample(f, t.RecordsProduced, name), cancellation).ConfigureAwait(false);
        await ByGroupAsync(page, MessagesConsumed, topics, static (p, f, c, topic, group) => p.Sample(f, c.Records, topic, group), cancellation).ConfigureAwait(false);
        await ByTopicAsync(page, BytesProduced, topics, static (p, f, t, name) => p.Sample(f, t.BytesProduced, name), cancellation).ConfigureAwait(false);
        await ByGroupAsync(page, BytesConsumed, topics, static (p, f, c, topic, group) => p.Sample(f, c.Bytes, topic, group), cancellation).ConfigureAwait(false);
        await ByTopicAsync(
            page,
            ProduceLatency,
            topics,
            static (p, f, t, name) =>
            {
                // Twenty lines each: not for the many topics that nobody writes to.
                if (t.RecordsProduced > 0)
                {
                    p.Sample(f, t.ProduceLatency, name);
                }
            },
            cancellation).ConfigureAwait(false);
        await ByGroupAsync(page, ConsumeLatency, topics, static (p, f, c, topic, group) => p.Sample(f, c.Latency, topic, group), cancellation).ConfigureAwait(false);
    }

    private static async ValueTask WriteTopicsAsync(ExpositionWriter page, TopicSnapshot topics, CancellationToken cancellation)
    {
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

        await ByPartitionAsync(page, TopicMessages, topics, Messages, departed: 0, cancellation).ConfigureAwait(false);
        await ByPartitionAsync(page, TopicBytes, topics, static p => p.Log.SizeInBytes, departed: 0, cancellation).ConfigureAwait(false);
        await ByPartitionAsync(page, TopicOldestOffset, topics, static p => p.View.LogStartOffset.Value, departed: null, cancellation).ConfigureAwait(false);
        await ByPartitionAsync(page, TopicNewestOffset, topics, static p => p.View.HighWatermark.Value, departed: null, cancellation).ConfigureAwait(false);
    }

    // Offsets are dense while there are neither control batches nor compaction: every batch is refused whose last offset is not its count of records
    // behind its first (RecordBatchFault.InconsistentCount), control batches of clients are refused, and nothing inside a log is removed. So the
    // difference is the number of records. With either of the two, segments have to count their batches' records.
    private static long Messages(Partition partition)
    {
        var view = partition.View;
        return view.HighWatermark - view.LogStartOffset;
    }

    private async ValueTask WriteGroupsAsync(ExpositionWriter page, List<GroupFigures> groups, TopicSnapshot topics, CancellationToken cancellation)
    {
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

    private void WriteLag(ExpositionWriter page, GroupFigures group, TopicSnapshot topics)
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

    private void WriteCluster(ExpositionWriter page, ClusterImage image)
    {
        One(page, ClusterNodes, image.Brokers.Count);
        page.Begin(ClusterLeader);
        var leader = metadata.LeaderId;
        foreach (var voter in metadata.Voters)
        {
            page.Sample(ClusterLeader, voter.NodeId == leader ? 1 : 0, voter.NodeId.ToString(CultureInfo.InvariantCulture));
        }

        One(page, RaftTerm, metadata.Term);
        One(page, RaftCommitIndex, metadata.CommitIndex);
        One(page, RaftElections, metadata.ElectionsTotal);
    }

    private async ValueTask WriteStorageAsync(ExpositionWriter page, TopicSnapshot topics, CancellationToken cancellation)
    {
        var other = topics.OtherTraffic;
        await ByPartitionAsync(page, StorageSegments, topics, static p => p.Log.SegmentCount, departed: 0, cancellation).ConfigureAwait(false);
        await ByPartitionAsync(page, StorageBytesWritten, topics, static p => p.Log.Metrics.BytesWritten, other.DepartedBytesWritten, cancellation).ConfigureAwait(false);
        await ByPartitionAsync(page, StorageBytesRead, topics, static p => p.Log.Metrics.BytesRead, other.DepartedBytesRead, cancellation).ConfigureAwait(false);
        page.Begin(StorageSyncLatency);
        page.Sample(StorageSyncLatency, logs.SyncLatency);
    }

    private static void One(ExpositionWriter page, MetricFamily family, long value)
    {
        page.Begin(family);
        page.Sample(family, value);
    }

    private static async ValueTask ByTopicAsync(
        ExpositionWriter page, MetricFamily family, TopicSnapshot topics, Action<ExpositionWriter, MetricFamily, TopicTraffic, string> sample, CancellationToken cancellation)
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

    private static async ValueTask ByGroupAsync(
        ExpositionWriter page, MetricFamily family, TopicSnapshot topics, Action<ExpositionWriter, MetricFamily, ConsumedTraffic, string, string> sample,
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
                sample(page, family, traffic.Unattributed, topic, Unattributed);
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
    private static async ValueTask ByPartitionAsync(
        ExpositionWriter page, MetricFamily family, TopicSnapshot topics, Func<Partition, long> value, long? departed, CancellationToken cancellation)
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

using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What holds for committed offsets.</summary>
public sealed record OffsetOptions
{
    public int RetentionMinutes { get; init; } = OffsetKeys.RetentionMinutes.Default;

    public long RetentionCheckIntervalMs { get; init; } = OffsetKeys.RetentionCheckIntervalMs.Default;

    public int CommitTimeoutMs { get; init; } = OffsetKeys.CommitTimeoutMs.Default;

    public int MetadataMaxBytes { get; init; } = OffsetKeys.MetadataMaxBytes.Default;

    public int TopicNumPartitions { get; init; } = OffsetKeys.TopicNumPartitions.Default;

    public short TopicReplicationFactor { get; init; } = (short)OffsetKeys.TopicReplicationFactor.Default;

    public int TopicSegmentBytes { get; init; } = OffsetKeys.TopicSegmentBytes.Default;

    internal static OffsetOptions From(OptionValues values) => new()
    {
        RetentionMinutes = values.Get(OffsetKeys.RetentionMinutes),
        RetentionCheckIntervalMs = values.Get(OffsetKeys.RetentionCheckIntervalMs),
        CommitTimeoutMs = values.Get(OffsetKeys.CommitTimeoutMs),
        MetadataMaxBytes = values.Get(OffsetKeys.MetadataMaxBytes),
        TopicNumPartitions = values.Get(OffsetKeys.TopicNumPartitions),
        TopicReplicationFactor = (short)values.Get(OffsetKeys.TopicReplicationFactor),
        TopicSegmentBytes = values.Get(OffsetKeys.TopicSegmentBytes),
    };
}

internal static class OffsetKeys
{
    public static readonly OptionSection Section = new("offsets", "Committed offsets and the internal topic that holds them, __consumer_offsets.");

    public static readonly OptionKey<int> RetentionMinutes = Section.Key(
        "retention_minutes", Whole(1), 10_080, "Offsets of a group without members expire after so many minutes.", "offsets.retention.minutes");

    public static readonly OptionKey<long> RetentionCheckIntervalMs = Section.Key(
        "retention_check_interval_ms", Long(1), 600_000, "How often expired offsets are looked for.", "offsets.retention.check.interval.ms");

    public static readonly OptionKey<int> CommitTimeoutMs = Section.Key(
        "commit_timeout_ms", Whole(1), 5000, "How long a commit waits until it is durable on every replica.", "offsets.commit.timeout.ms");

    public static readonly OptionKey<int> MetadataMaxBytes = Section.Key(
        "metadata_max_bytes", Whole(0), 4096, "The longest text that may accompany a committed offset.", "offset.metadata.max.bytes");

    public static readonly OptionKey<int> TopicNumPartitions = Section.Key(
        "topic_num_partitions", Whole(1, 100_000), 50, "Partitions of __consumer_offsets; cannot be changed once the topic exists.", "offsets.topic.num.partitions");

    public static readonly OptionKey<int> TopicReplicationFactor = Section.Key(
        "topic_replication_factor", Whole(1, short.MaxValue), 3, "Replicas of __consumer_offsets, or one per node where there are fewer nodes.",
        "offsets.topic.replication.factor");

    public static readonly OptionKey<int> TopicSegmentBytes = Section.Key(
        "topic_segment_bytes", Whole(1024 * 1024), 104_857_600, "The segment size of __consumer_offsets.", "offsets.topic.segment.bytes");
}

using FlyMQ.Storage;

namespace FlyMQ.Partitions;

/// <summary>In how much detail topics and groups are measured, so that what is shown of them stays bounded whatever clients create.</summary>
public sealed record MeasuringLimits
{
    // Lag in records and in seconds, and how long until it is deleted.
    private const int OfLag = 3;

    // Records, bytes, both offsets, segments, bytes written and read.
    private const int OfPartition = 7, OffsetsOfPartition = 2;

    // Produced records and bytes, partitions, producers.
    private const int OfTopic = 4;

    // Consumed records and bytes, commits.
    private const int OfGroup = 3;

    public static MeasuringLimits None { get; } = new();

    /// <summary>Topics that are measured one by one; those that come later are measured together.</summary>
    public int MaxTopics { get; init; } = int.MaxValue;

    /// <summary>Series that topics, and groups that read them, may have: a topic, or the first fetch of a group from one, that would go past it is measured together with others.</summary>
    public long MaxSeries { get; init; } = long.MaxValue;

    /// <summary>Whether each partition has series of its own; else a topic's are summed.</summary>
    public bool PartitionDetail { get; init; } = true;

    public LatencyBuckets Buckets { get; init; } = LatencyBuckets.Default;

    // Sum and count beside the buckets.
    private int OfHistogram => Buckets.Count + 2;

    /// <summary>How many series a topic has when it is written to.</summary>
    internal long SeriesOfTopic(int partitions) =>
        OfTopic + OfHistogram + (PartitionDetail ? (long)OfPartition * partitions : OfPartition - OffsetsOfPartition);

    /// <summary>How many series a group has that reads a topic and commits.</summary>
    internal long SeriesOfGroup(int partitions) => OfGroup + OfHistogram + (OfLag * (PartitionDetail ? partitions : 1L));
}

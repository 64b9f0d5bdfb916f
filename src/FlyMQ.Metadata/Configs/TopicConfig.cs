using FlyMQ.Records;

namespace FlyMQ.Metadata.Configs;

/// <summary>The configuration that holds for a topic, read and typed. Times in milliseconds, sizes in bytes; −1 is Kafka's "without limit" where it says so.</summary>
public sealed record TopicConfig
{
    /// <summary>Segments past retention are deleted.</summary>
    public required bool Delete { get; init; }

    /// <summary>The last record of every key is kept; records without a key are refused.</summary>
    public required bool Compact { get; init; }

    /// <summary>Null: batches are stored as their producers sent them.</summary>
    public required CompressionType? Compression { get; init; }

    /// <summary>−1 is the codec's own default.</summary>
    public required int GzipLevel { get; init; }

    public required int Lz4Level { get; init; }

    public required int ZstdLevel { get; init; }

    public required long RetentionMs { get; init; }

    public required long RetentionBytes { get; init; }

    public required int SegmentBytes { get; init; }

    public required long SegmentMs { get; init; }

    public required long SegmentJitterMs { get; init; }

    public required int SegmentIndexBytes { get; init; }

    public required int IndexIntervalBytes { get; init; }

    public required long FileDeleteDelayMs { get; init; }

    public required int MaxMessageBytes { get; init; }

    public required TimestampType TimestampType { get; init; }

    public required long TimestampBeforeMaxMs { get; init; }

    public required long TimestampAfterMaxMs { get; init; }

    public required int MinInsyncReplicas { get; init; }
}

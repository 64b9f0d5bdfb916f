using FlyMQ.Metadata.Configs;
using FlyMQ.Partitions;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Broker.Topics;

/// <summary>A topic's configuration in the words of the layers below.</summary>
public static class TopicConfigMapping
{
    public static LogConfig LogConfigOf(TopicConfig config, bool isInternal) => new()
    {
        SegmentBytes = config.SegmentBytes,
        SegmentMs = config.SegmentMs,
        SegmentJitterMs = config.SegmentJitterMs,
        SegmentIndexBytes = config.SegmentIndexBytes,
        IndexIntervalBytes = config.IndexIntervalBytes,
        RetentionMs = config.RetentionMs,
        RetentionBytes = config.RetentionBytes,
        Delete = config.Delete,
        FileDeleteDelayMs = config.FileDeleteDelayMs,
        MayUseReserve = isInternal,
    };

    public static PartitionRules RulesOf(TopicConfig config) => new()
    {
        MaxMessageBytes = config.MaxMessageBytes,
        Compression = config.Compression,
        CompressionLevel = config.Compression switch
        {
            CompressionType.Gzip when config.GzipLevel >= 0 => config.GzipLevel,
            CompressionType.Lz4 => config.Lz4Level,
            CompressionType.Zstd => config.ZstdLevel,
            _ => null,
        },
        TimestampType = config.TimestampType,
        TimestampBeforeMaxMs = config.TimestampBeforeMaxMs,
        TimestampAfterMaxMs = config.TimestampAfterMaxMs,
        MinInSyncReplicas = config.MinInsyncReplicas,
        Compact = config.Compact,
        Delete = config.Delete,
    };
}

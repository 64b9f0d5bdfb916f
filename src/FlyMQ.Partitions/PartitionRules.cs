using FlyMQ.Records;

namespace FlyMQ.Partitions;

/// <summary>What a topic's configuration says to the leader of its partitions. Mapped by the broker; replaced whole when it changes.</summary>
public sealed record PartitionRules
{
    /// <summary>The largest batch, in bytes as stored (<c>max.message.bytes</c>).</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary>Null stores what producers sent (<c>compression.type=producer</c>).</summary>
    public CompressionType? Compression { get; init; }

    /// <summary>Null is the codec's own default.</summary>
    public int? CompressionLevel { get; init; }

    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>How far a create time may lie in the past, in ms (<c>message.timestamp.before.max.ms</c>).</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>And how far in the future (<c>message.timestamp.after.max.ms</c>).</summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    public int MinInSyncReplicas { get; init; } = 1;

    /// <summary>Records need keys (<c>cleanup.policy</c> with <c>compact</c>).</summary>
    public bool Compact { get; init; }

    /// <summary>DeleteRecords is allowed (<c>cleanup.policy</c> with <c>delete</c>).</summary>
    public bool Delete { get; init; } = true;

    /// <summary>
    /// Bytes that a batch may have decompressed when it has to be opened: another codec, keys in a compacted topic, a bound on old
    /// timestamps. Above it MESSAGE_TOO_LARGE, which makes a client split the batch.
    /// </summary>
    public int MaxOpenedBytes { get; init; } = 64 << 20;
}

/// <summary>What is remembered of idempotent producers.</summary>
public sealed record ProducerOptions
{
    /// <summary>A producer that appended nothing for so long, by this node's clock, is forgotten (<c>producer.id.expiration.ms</c>).</summary>
    public TimeSpan Expiration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The bound on the producers of one partition; past it the one that was silent longest is forgotten early.</summary>
    public int MaxProducers { get; init; } = 65_536;
}

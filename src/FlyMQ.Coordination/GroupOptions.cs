namespace FlyMQ.Coordination;

/// <summary>What holds for groups and their offsets (configuration sections <c>groups</c> and <c>offsets</c>). Kafka's defaults.</summary>
public sealed record GroupOptions
{
    public int InitialRebalanceDelayMs { get; init; } = 3000;

    public int MinSessionTimeoutMs { get; init; } = 6000;

    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    public int MaxSize { get; init; } = int.MaxValue;

    public int OffsetMetadataMaxBytes { get; init; } = 4096;

    public long OffsetsRetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;
}

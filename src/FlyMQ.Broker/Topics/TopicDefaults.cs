namespace FlyMQ.Broker.Topics;

/// <summary>What holds for topics that say nothing themselves (configuration sections <c>topics</c> and <c>offsets</c>).</summary>
public sealed record TopicDefaults
{
    public bool AutoCreate { get; init; } = true;

    public bool AllowDelete { get; init; } = true;

    public int NumPartitions { get; init; } = 1;

    public short ReplicationFactor { get; init; } = 1;

    public int OffsetsPartitions { get; init; } = 50;

    public short OffsetsReplicationFactor { get; init; } = 3;

    public int OffsetsSegmentBytes { get; init; } = 104_857_600;
}

using FlyMQ.Coordination.Groups;

namespace FlyMQ.Coordination;

/// <summary>One group in numbers, at one moment.</summary>
public sealed record GroupFigures
{
    public required string GroupId { get; init; }

    public required GroupState State { get; init; }

    /// <summary>Those who belong to it, whatever state it is in.</summary>
    public required int Members { get; init; }

    /// <summary>What was counted of it; together with others' when it is not counted by itself.</summary>
    public required GroupCounters Counters { get; init; }

    /// <summary>From when the members lost their assignments until they had the next ones, the last time; null before the first.</summary>
    public required long? LastRebalanceMs { get; init; }

    /// <summary>When an offset that is kept was committed last, ms since 1970; null without any.</summary>
    public required long? LastCommitMs { get; init; }

    /// <summary>Every offset it has committed and that is still kept.</summary>
    public required IReadOnlyList<CommittedFigure> Committed { get; init; }

    /// <summary>Partitions that its members read and of which it has no offset.</summary>
    public required IReadOnlyList<(string Topic, int Partition)> Uncommitted { get; init; }

    public long Rebalances => Counters.Rebalances;
}

/// <param name="TopicId"><see cref="Guid.Empty"/> where the record does not say.</param>
public readonly record struct CommittedFigure(string Topic, Guid TopicId, int Partition, long Offset);

/// <summary>A partition that a member of a group reads.</summary>
/// <param name="ClientHost">With a slash before the address.</param>
public readonly record struct AssignedPartition(string Topic, int Partition, string ClientId, string ClientHost);

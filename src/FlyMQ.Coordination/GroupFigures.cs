namespace FlyMQ.Coordination;

/// <summary>One group in numbers, at one moment.</summary>
/// <param name="Members">Those who belong to it, whatever state it is in.</param>
/// <param name="Rebalances">Generations completed since this node coordinates the group.</param>
/// <param name="Committed">Every offset it has committed and that is still kept.</param>
public sealed record GroupFigures(string GroupId, int Members, long Rebalances, IReadOnlyList<CommittedFigure> Committed);

/// <param name="TopicId"><see cref="Guid.Empty"/> where the record does not say.</param>
public readonly record struct CommittedFigure(string Topic, Guid TopicId, int Partition, long Offset);

/// <summary>A partition that a member of a group reads.</summary>
/// <param name="ClientHost">With a slash before the address.</param>
public readonly record struct AssignedPartition(string Topic, int Partition, string ClientId, string ClientHost);

using FlyMQ.Coordination;
using FlyMQ.Partitions;

namespace FlyMQ.Broker.Lag;

/// <summary>How far groups are behind, at one moment.</summary>
/// <param name="Groups">In the order of those that were asked for.</param>
/// <param name="Pending">Partitions of groups whose next record was not looked up in time: what is told of them is of the look before, or nothing.</param>
public sealed record LagSnapshot(IReadOnlyList<GroupLag> Groups, int Pending)
{
    public static LagSnapshot Empty { get; } = new([], 0);
}

/// <param name="Group">Whose.</param>
/// <param name="Partitions">Of which it has an offset; those that are here.</param>
/// <param name="Uncommitted">How many partitions its members read of which it has none.</param>
public sealed record GroupLag(GroupFigures Group, IReadOnlyList<PartitionLag> Partitions, int Uncommitted);

/// <param name="Partition">That is read.</param>
/// <param name="Records">That can be read and are not committed.</param>
/// <param name="Seconds">How old the first of them is; 0 without any, null when it is not known, or has no time.</param>
/// <param name="HeadroomSeconds">Until retention may take it; null without any, without a limit, and when it is not known.</param>
public readonly record struct PartitionLag(Partition Partition, long Records, double? Seconds, double? HeadroomSeconds);

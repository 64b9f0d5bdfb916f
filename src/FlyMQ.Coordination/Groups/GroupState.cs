namespace FlyMQ.Coordination.Groups;

/// <summary>Where a classic group is in its life; the names are what DescribeGroups and ListGroups show.</summary>
public enum GroupState
{
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
}

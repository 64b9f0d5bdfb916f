using FlyMQ.Partitions;

namespace FlyMQ.Broker.Coordinators;

/// <summary>Tells whose a fetch is. A fetch does not say for which group it reads, so this is a conclusion, and none is drawn where there could be two.</summary>
internal interface IConsumptionAttribution
{
    /// <param name="topic">By name.</param>
    /// <param name="partition">That is fetched from.</param>
    /// <param name="clientId">As the fetch said it.</param>
    /// <param name="clientHost">With a slash before the address.</param>
    FetchOwner Of(string topic, int partition, string? clientId, string clientHost);
}

/// <param name="Group">
/// Under which name the one group is counted that has given the partition to a member of that client id and host; null when there is none, or more than one.
/// </param>
/// <param name="Reason">Why there is none.</param>
internal readonly record struct FetchOwner(string? Group, UnattributedReason Reason)
{
    public static FetchOwner To(string group) => new(group, default);

    public static FetchOwner Nobody(UnattributedReason reason) => new(null, reason);
}

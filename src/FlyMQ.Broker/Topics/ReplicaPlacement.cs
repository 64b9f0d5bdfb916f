using System.Collections.Immutable;
using FlyMQ.Metadata;

namespace FlyMQ.Broker.Topics;

/// <summary>Where the replicas of new partitions go. Pure: round robin over the active brokers, each partition one further.</summary>
internal static class ReplicaPlacement
{
    /// <returns>Null when there are fewer active brokers than replicas.</returns>
    public static ImmutableArray<ImmutableArray<int>>? Place(ClusterImage image, int firstPartition, int partitions, int replicationFactor)
    {
        int[] brokers = [.. image.Brokers.Values.Where(b => b.IsActive).Select(b => b.Id)];
        if (replicationFactor > brokers.Length)
        {
            return null;
        }

        return
        [
            .. Enumerable.Range(firstPartition, partitions).Select(p =>
                Enumerable.Range(0, replicationFactor).Select(r => brokers[(p + r) % brokers.Length]).ToImmutableArray()),
        ];
    }
}

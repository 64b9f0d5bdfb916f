using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Records;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>The partitions of an image as one node sees them.</summary>
internal readonly record struct PartitionCounts(int Hosted, int Led, int Offline, int UnderReplicated, int UnderMinIsr)
{
    /// <param name="image">Who should hold and lead what.</param>
    /// <param name="nodeId">Whose counts.</param>
    /// <param name="local">What the node has of it.</param>
    public static PartitionCounts Of(ClusterImage image, int nodeId, PartitionSet local)
    {
        var counts = default(PartitionCounts);
        foreach (var topic in image.TopicsById.Values)
        {
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var partition = topic.Partitions[i];
                if (partition.Replicas.Contains(nodeId))
                {
                    counts = counts.With(partition, nodeId, local.Find(new TopicIdPartition(topic.Id, i)));
                }
            }
        }

        return counts;
    }

    private PartitionCounts With(PartitionImage partition, int nodeId, Partition? local)
    {
        var leads = partition.Leader == nodeId;
        var ours = leads || (!partition.HasLeader && partition.Replicas[0] == nodeId);
        var offline = ours && (!partition.HasLeader || local is null || local.Log.FenceReason is not null);
        // A topic cannot ask for more replicas than it has, as where a batch is judged.
        var wanted = Math.Min(local?.Rules.MinInSyncReplicas ?? 1, partition.Replicas.Length);
        return new PartitionCounts(
            Hosted + 1,
            Led + (leads ? 1 : 0),
            Offline + (offline ? 1 : 0),
            UnderReplicated + (leads && partition.Isr.Length < partition.Replicas.Length ? 1 : 0),
            UnderMinIsr + (leads && partition.Isr.Length < wanted ? 1 : 0));
    }
}

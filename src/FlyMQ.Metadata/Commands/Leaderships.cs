using System.Collections.Immutable;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// Moves leaders between replicas. Only a member of the ISR that is active may lead; the last member of an ISR stays in it while away
/// (KIP-841), because it alone is known to have every acknowledged record.
/// </summary>
internal static class Leaderships
{
    /// <summary>Takes a broker that is no longer active out of leaderships and in-sync sets.</summary>
    public static void Leave(ImageEdit edit, int broker) => ForEachPartition(edit, broker, static (image, partition, broker) =>
    {
        var isr = partition.Isr.Length > 1 ? partition.Isr.Remove(broker) : partition.Isr;
        return partition.Leader == broker
            ? WithLeader(partition with { Isr = isr }, Choose(image, partition.Replicas, isr))
            : isr.Length != partition.Isr.Length ? partition with { Isr = isr, PartitionEpoch = partition.PartitionEpoch + 1 } : partition;
    });

    /// <summary>Gives an active broker the partitions that wait for it.</summary>
    public static void Return(ImageEdit edit, int broker)
    {
        if (edit.Image.BrokerOrNull(broker) is not { IsActive: true })
        {
            return;
        }

        ForEachPartition(edit, broker, static (image, partition, broker) =>
            !partition.HasLeader && partition.Isr.Contains(broker) ? WithLeader(partition, Choose(image, partition.Replicas, partition.Isr)) : partition);
    }

    /// <summary>The first replica in preference order that is in sync and active, or <see cref="PartitionImage.NoLeader"/>.</summary>
    public static int Choose(ClusterImage image, ImmutableArray<int> replicas, ImmutableArray<int> isr)
    {
        foreach (var replica in replicas)
        {
            if (isr.Contains(replica) && image.BrokerOrNull(replica) is { IsActive: true })
            {
                return replica;
            }
        }

        return PartitionImage.NoLeader;
    }

    public static PartitionImage WithLeader(PartitionImage partition, int leader) => partition with
    {
        Leader = leader,
        LeaderEpoch = new LeaderEpoch(partition.LeaderEpoch.Value + 1),
        PartitionEpoch = partition.PartitionEpoch + 1,
    };

    private static void ForEachPartition(ImageEdit edit, int broker, Func<ClusterImage, PartitionImage, int, PartitionImage> change)
    {
        foreach (var topic in edit.Image.TopicsById.Values)
        {
            ImmutableArray<PartitionImage>.Builder? changed = null;
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var partition = topic.Partitions[i];
                if (partition.Replicas.Contains(broker) && change(edit.Image, partition, broker) is var next && !ReferenceEquals(next, partition))
                {
                    changed ??= topic.Partitions.ToBuilder();
                    changed[i] = next;
                }
            }

            if (changed is not null)
            {
                edit.Put(topic with { Partitions = changed.MoveToImmutable() });
            }
        }
    }
}

using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// Elects leaders on request: the preferred replica (the first one), or with <paramref name="Unclean"/> any active replica of a partition
/// without leader, which may lose records (KIP-460).
/// </summary>
public sealed record ElectLeaders(Guid Id, bool Unclean, ImmutableArray<TopicIdPartition> Partitions) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.ElectLeaders;

    internal override void Write(MetadataWriter writer)
    {
        writer.Bool(Unclean);
        writer.List(Partitions, static (w, p) =>
        {
            w.Uuid(p.TopicId);
            w.Int(p.Partition);
        });
    }

    internal static ElectLeaders Read(Guid id, ref MetadataReader reader) =>
        new(id, reader.Bool(), reader.List(static (ref MetadataReader r) => new TopicIdPartition(r.Uuid(), r.Int32())));

    internal override CommandResult Apply(ImageEdit edit) => CommandResult.Ok with { Items = [.. Partitions.Select(p => Elect(edit, p))] };

    private CommandItem Elect(ImageEdit edit, TopicIdPartition id)
    {
        var topic = edit.Image.TopicOrNull(id.TopicId);
        var partition = topic?.PartitionOrNull(id.Partition);
        if (topic is null || partition is null)
        {
            return new CommandItem("", id.TopicId, id.Partition, ErrorCode.UnknownTopicOrPartition);
        }

        var (error, next) = Unclean ? ElectAny(edit.Image, partition) : ElectPreferred(edit.Image, partition);
        if (error == ErrorCode.None)
        {
            edit.Put(topic with { Partitions = topic.Partitions.SetItem(id.Partition, next) });
        }

        return new CommandItem(topic.Name, topic.Id, id.Partition, error);
    }

    private static (ErrorCode, PartitionImage) ElectPreferred(ClusterImage image, PartitionImage partition)
    {
        var preferred = partition.Replicas[0];
        return partition.Leader == preferred ? (ErrorCode.ElectionNotNeeded, partition)
            : partition.Isr.Contains(preferred) && image.BrokerOrNull(preferred) is { IsActive: true }
                ? (ErrorCode.None, Leaderships.WithLeader(partition, preferred))
                : (ErrorCode.PreferredLeaderNotAvailable, partition);
    }

    private static (ErrorCode, PartitionImage) ElectAny(ClusterImage image, PartitionImage partition)
    {
        if (partition.HasLeader)
        {
            return (ErrorCode.ElectionNotNeeded, partition);
        }

        var leader = Leaderships.Choose(image, partition.Replicas, partition.Isr);
        if (leader == PartitionImage.NoLeader)
        {
            leader = Leaderships.Choose(image, partition.Replicas, partition.Replicas);
        }

        return leader == PartitionImage.NoLeader
            ? (ErrorCode.EligibleLeadersNotAvailable, partition)
            : (ErrorCode.None, Leaderships.WithLeader(partition.Isr.Contains(leader) ? partition : partition with { Isr = [leader] }, leader));
    }
}

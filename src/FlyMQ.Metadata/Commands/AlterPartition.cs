using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Commands;

/// <summary>The leader of partitions changes their in-sync sets (KIP-497). The state machine judges by the epochs; it alone raises them.</summary>
public sealed record AlterPartition(Guid Id, int BrokerId, long BrokerEpoch, ImmutableArray<PartitionChange> Changes) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.AlterPartition;

    internal override void Write(MetadataWriter writer)
    {
        writer.Int(BrokerId);
        writer.Int(BrokerEpoch);
        writer.List(Changes, static (w, c) =>
        {
            w.Uuid(c.TopicId);
            w.Int(c.Partition);
            w.Int(c.LeaderEpoch.Value);
            w.Int(c.PartitionEpoch);
            w.Ints(c.NewIsr.AsSpan());
        });
    }

    internal static AlterPartition Read(Guid id, ref MetadataReader reader) => new(id, reader.Int32(), reader.Int(),
        reader.List(static (ref MetadataReader r) => new PartitionChange(r.Uuid(), r.Int32(), new LeaderEpoch(r.Int32()), r.Int32(), r.Ints())));

    internal override CommandResult Apply(ImageEdit edit) =>
        Registrations.Check(edit.Image, BrokerId, BrokerEpoch)
        ?? CommandResult.Ok with { Items = [.. Changes.Select(c => Change(edit, c))] };

    private CommandItem Change(ImageEdit edit, PartitionChange change)
    {
        var topic = edit.Image.TopicOrNull(change.TopicId);
        var partition = topic?.PartitionOrNull(change.Partition);
        var error = partition is null ? ErrorCode.UnknownTopicId : Judge(edit.Image, partition, change);
        if (error == ErrorCode.None && topic is not null && partition is not null)
        {
            var next = partition with { Isr = change.NewIsr, PartitionEpoch = partition.PartitionEpoch + 1 };
            edit.Put(topic with { Partitions = topic.Partitions.SetItem(change.Partition, next) });
        }

        return new CommandItem(topic?.Name ?? "", change.TopicId, change.Partition, error);
    }

    private ErrorCode Judge(ClusterImage image, PartitionImage partition, PartitionChange change) => change switch
    {
        _ when change.LeaderEpoch < partition.LeaderEpoch => ErrorCode.FencedLeaderEpoch,
        // An epoch of the future: the sender knows a later image than this node.
        _ when change.LeaderEpoch > partition.LeaderEpoch || change.PartitionEpoch > partition.PartitionEpoch => ErrorCode.NotController,
        _ when partition.Leader != BrokerId => ErrorCode.InvalidRequest,
        _ when change.PartitionEpoch < partition.PartitionEpoch => ErrorCode.InvalidUpdateVersion,
        _ when !change.NewIsr.Contains(BrokerId) || change.NewIsr.Any(id => !partition.Replicas.Contains(id)) => ErrorCode.InvalidRequest,
        _ when change.NewIsr.Any(id => image.BrokerOrNull(id) is not { IsActive: true }) => ErrorCode.IneligibleReplica,
        _ => ErrorCode.None,
    };
}

using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// Creates topics, each for itself: one that cannot be created does not hinder the others. Names, counts and configurations were
/// checked by the proposer; what can change until the command is applied (does the name exist, do the brokers) is checked here.
/// </summary>
public sealed record CreateTopics(Guid Id, ImmutableArray<NewTopic> Topics) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.CreateTopics;

    internal override void Write(MetadataWriter writer) => writer.List(Topics, static (w, t) =>
    {
        w.Uuid(t.TopicId);
        w.Text(t.Name);
        w.Bool(t.IsInternal);
        w.List(t.Assignments, static (w, replicas) => w.Ints(replicas.AsSpan()));
        w.Map(t.Configs);
    });

    internal static CreateTopics Read(Guid id, ref MetadataReader reader) => new(id, reader.List(static (ref MetadataReader r) => new NewTopic(
        r.Uuid(), r.Text(), r.Bool(), r.List(static (ref MetadataReader r) => r.Ints()), r.Map())));

    internal override CommandResult Apply(ImageEdit edit) =>
        CommandResult.Ok with { Items = [.. Topics.Select(topic => Create(edit, topic))] };

    private static CommandItem Create(ImageEdit edit, NewTopic topic)
    {
        if (Refusal(edit.Image, topic) is var (error, message))
        {
            return new CommandItem(topic.Name, Guid.Empty, -1, error, message);
        }

        var partitions = topic.Assignments.Select(replicas => NewPartition(edit.Image, replicas));
        edit.Put(new TopicImage(topic.TopicId, topic.Name, topic.IsInternal, [.. partitions], topic.Configs));
        return new CommandItem(topic.Name, topic.TopicId, -1, ErrorCode.None);
    }

    private static (ErrorCode, string)? Refusal(ClusterImage image, NewTopic topic)
    {
        if (image.TopicOrNull(topic.Name) is not null)
        {
            return (ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.");
        }

        if (image.CollidingTopic(topic.Name) is { } other)
        {
            return (ErrorCode.InvalidTopicException, $"Topic '{topic.Name}' collides with existing topic: {other}");
        }

        if (topic.TopicId == Guid.Empty || image.TopicOrNull(topic.TopicId) is not null)
        {
            return (ErrorCode.InvalidRequest, $"Topic id {KafkaUuid.ToText(topic.TopicId)} cannot be used for '{topic.Name}'.");
        }

        foreach (var replicas in topic.Assignments)
        {
            if (Assignments.Refusal(image, replicas) is { } refusal)
            {
                return refusal;
            }
        }

        return topic.Assignments.IsEmpty ? (ErrorCode.InvalidPartitions, "A topic has at least one partition.") : null;
    }

    /// <summary>Epochs begin at 0; replicas that are not active now are left out of the first ISR.</summary>
    internal static PartitionImage NewPartition(ClusterImage image, ImmutableArray<int> replicas)
    {
        var isr = replicas.RemoveAll(replica => image.BrokerOrNull(replica) is not { IsActive: true });
        return isr.IsEmpty
            ? new PartitionImage(PartitionImage.NoLeader, new LeaderEpoch(0), 0, replicas, replicas)
            : new PartitionImage(isr[0], new LeaderEpoch(0), 0, replicas, isr);
    }
}

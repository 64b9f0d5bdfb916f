using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>Adds partitions to topics, each topic for itself.</summary>
public sealed record CreatePartitions(Guid Id, ImmutableArray<NewPartitions> Topics) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.CreatePartitions;

    internal override void Write(MetadataWriter writer) => writer.List(Topics, static (w, t) =>
    {
        w.Uuid(t.TopicId);
        w.Int(t.ExpectedCount);
        w.List(t.Assignments, static (w, replicas) => w.Ints(replicas.AsSpan()));
    });

    internal static CreatePartitions Read(Guid id, ref MetadataReader reader) => new(id, reader.List(static (ref MetadataReader r) =>
        new NewPartitions(r.Uuid(), r.Int32(), r.List(static (ref MetadataReader r) => r.Ints()))));

    internal override CommandResult Apply(ImageEdit edit) => CommandResult.Ok with { Items = [.. Topics.Select(t => Add(edit, t))] };

    private static CommandItem Add(ImageEdit edit, NewPartitions added)
    {
        if (edit.Image.TopicOrNull(added.TopicId) is not { } topic)
        {
            return new CommandItem("", added.TopicId, -1, ErrorCode.UnknownTopicOrPartition);
        }

        if (topic.Partitions.Length != added.ExpectedCount)
        {
            return new CommandItem(topic.Name, topic.Id, -1, ErrorCode.InvalidPartitions,
                $"The topic has {topic.Partitions.Length} partitions by now, not {added.ExpectedCount}.");
        }

        foreach (var replicas in added.Assignments)
        {
            if (Assignments.Refusal(edit.Image, replicas) is var (error, message))
            {
                return new CommandItem(topic.Name, topic.Id, -1, error, message);
            }
        }

        var image = edit.Image;
        edit.Put(topic with { Partitions = topic.Partitions.AddRange(added.Assignments.Select(r => CreateTopics.NewPartition(image, r))) });
        return new CommandItem(topic.Name, topic.Id, -1, ErrorCode.None);
    }
}

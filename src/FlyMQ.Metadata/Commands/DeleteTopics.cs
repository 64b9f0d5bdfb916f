using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>Deletes topics by their ids, so that a topic created again under the name in the meantime is not touched.</summary>
public sealed record DeleteTopics(Guid Id, ImmutableArray<Guid> TopicIds) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.DeleteTopics;

    internal override void Write(MetadataWriter writer) => writer.List(TopicIds, static (w, id) => w.Uuid(id));

    internal static DeleteTopics Read(Guid id, ref MetadataReader reader) => new(id, reader.List(static (ref MetadataReader r) => r.Uuid()));

    internal override CommandResult Apply(ImageEdit edit) => CommandResult.Ok with { Items = [.. TopicIds.Select(id => Delete(edit, id))] };

    private static CommandItem Delete(ImageEdit edit, Guid id)
    {
        if (edit.Image.TopicOrNull(id) is not { } topic)
        {
            return new CommandItem("", id, -1, ErrorCode.UnknownTopicId);
        }

        edit.Remove(topic);
        return new CommandItem(topic.Name, id, -1, ErrorCode.None);
    }
}

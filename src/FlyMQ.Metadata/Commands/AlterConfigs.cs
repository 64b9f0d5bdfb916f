using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>Changes configurations, each resource for itself. Keys and values were checked by the proposer; here only a topic may be missing.</summary>
public sealed record AlterConfigs(Guid Id, ImmutableArray<ConfigChange> Changes) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.AlterConfigs;

    internal override void Write(MetadataWriter writer) => writer.List(Changes, static (w, change) =>
    {
        w.Int((sbyte)change.Resource.Type);
        w.Text(change.Resource.Name);
        w.Bool(change.ReplaceAll);
        w.List(change.Entries, static (w, entry) =>
        {
            w.Text(entry.Key);
            w.Int((sbyte)entry.Operation);
            w.Text(entry.Value);
            w.Text(entry.ListDefault);
        });
    });

    internal static AlterConfigs Read(Guid id, ref MetadataReader reader) => new(id, reader.List(static (ref MetadataReader r) => new ConfigChange(
        new ConfigResource((ConfigResourceType)r.Int(), r.Text()),
        r.Bool(),
        r.List(static (ref MetadataReader r) => new ConfigEntryChange(r.Text(), (ConfigOperation)r.Int(), r.TextOrNull(), r.TextOrNull())))));

    internal override CommandResult Apply(ImageEdit edit) => CommandResult.Ok with { Items = [.. Changes.Select(c => Alter(edit, c))] };

    private static CommandItem Alter(ImageEdit edit, ConfigChange change)
    {
        var resource = change.Resource;
        if (resource.Type == ConfigResourceType.Topic && edit.Image.TopicOrNull(resource.Name) is null)
        {
            return new CommandItem(resource.Name, Guid.Empty, -1, ErrorCode.UnknownTopicOrPartition);
        }

        edit.SetConfigs(resource, change.ApplyTo(edit.Image.ConfigsOf(resource)));
        return new CommandItem(resource.Name, Guid.Empty, -1, ErrorCode.None);
    }
}

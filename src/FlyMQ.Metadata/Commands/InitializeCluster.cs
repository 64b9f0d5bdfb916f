using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;

namespace FlyMQ.Metadata.Commands;

/// <summary>Gives the cluster its id, once: later ones change nothing and are fine.</summary>
public sealed record InitializeCluster(Guid Id, Guid ClusterId, ImmutableSortedDictionary<string, short> Features) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.InitializeCluster;

    internal override void Write(MetadataWriter writer)
    {
        writer.Uuid(ClusterId);
        writer.List(Features, static (w, f) =>
        {
            w.Text(f.Key);
            w.Int(f.Value);
        });
    }

    internal static InitializeCluster Read(Guid id, ref MetadataReader reader) => new(
        id,
        reader.Uuid(),
        reader.List(static (ref MetadataReader r) => KeyValuePair.Create(r.Text(), (short)r.Int())).ToImmutableSortedDictionary(StringComparer.Ordinal));

    internal override CommandResult Apply(ImageEdit edit)
    {
        if (edit.Image.ClusterId == Guid.Empty)
        {
            edit.SetCluster(ClusterId, Features);
        }

        return CommandResult.Ok;
    }
}

using System.Buffers;
using FlyMQ.Metadata.Encoding;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// A command as bytes: format (1), a head structure (type, version, id, trace parent) and a body structure. Throws
/// <see cref="MetadataFormatException"/> for what this release cannot read: skipping a command would make replicas differ.
/// </summary>
public static class CommandCodec
{
    private const byte Format = 1;

    public static ReadOnlyMemory<byte> Encode(MetadataCommand command)
    {
        var writer = new MetadataWriter();
        writer.Byte(Format);
        writer.Struct(command, static (w, c) =>
        {
            w.UInt((ulong)c.Type);
            w.UInt((ulong)c.Version);
            w.Uuid(c.Id);
            w.Text(c.TraceParent);
        });
        writer.Struct(command, static (w, c) => c.Write(w));
        return writer.Written;
    }

    public static MetadataCommand Decode(ReadOnlyMemory<byte> bytes) => Decode(bytes.Span);

    public static MetadataCommand Decode(in ReadOnlySequence<byte> bytes) =>
        bytes.IsSingleSegment ? Decode(bytes.FirstSpan) : Decode(bytes.ToArray());

    private static MetadataCommand Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new MetadataReader(bytes);
        if (reader.Byte() is var format and not Format)
        {
            throw new MetadataFormatException($"command format {format} is not known (known: {Format})");
        }

        var head = reader.Struct(static (ref MetadataReader r) =>
            (Type: (CommandType)r.UInt(), Version: r.UInt(), Id: r.Uuid(), TraceParent: r.TextOrNull()));
        return head switch
        {
            (CommandType.InitializeCluster, 1, _, _) => reader.Struct((ref MetadataReader r) => InitializeCluster.Read(head.Id, ref r)),
            (CommandType.RegisterBroker, 1, _, _) => reader.Struct((ref MetadataReader r) => RegisterBroker.Read(head.Id, ref r)),
            (CommandType.ChangeBrokerState, 1, _, _) => reader.Struct((ref MetadataReader r) => ChangeBrokerState.Read(head.Id, ref r)),
            (CommandType.UnregisterBroker, 1, _, _) => reader.Struct((ref MetadataReader r) => UnregisterBroker.Read(head.Id, ref r)),
            (CommandType.CreateTopics, 1, _, _) => reader.Struct((ref MetadataReader r) => CreateTopics.Read(head.Id, ref r)),
            (CommandType.DeleteTopics, 1, _, _) => reader.Struct((ref MetadataReader r) => DeleteTopics.Read(head.Id, ref r)),
            (CommandType.CreatePartitions, 1, _, _) => reader.Struct((ref MetadataReader r) => CreatePartitions.Read(head.Id, ref r)),
            (CommandType.AlterConfigs, 1, _, _) => reader.Struct((ref MetadataReader r) => AlterConfigs.Read(head.Id, ref r)),
            (CommandType.AllocateProducerIds, 1, _, _) => reader.Struct((ref MetadataReader r) => AllocateProducerIds.Read(head.Id, ref r)),
            (CommandType.AlterPartition, 1, _, _) => reader.Struct((ref MetadataReader r) => AlterPartition.Read(head.Id, ref r)),
            (CommandType.ElectLeaders, 1, _, _) => (MetadataCommand)reader.Struct((ref MetadataReader r) => ElectLeaders.Read(head.Id, ref r)),
            _ => throw new MetadataFormatException($"command {head.Type} version {head.Version} is not known to this release"),
        } with { TraceParent = head.TraceParent };
    }
}

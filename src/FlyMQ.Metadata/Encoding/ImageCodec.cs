using System.Buffers.Binary;
using System.Collections.Immutable;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Encoding;

/// <summary>
/// A whole image as bytes, for snapshots: magic, format, one structure, and the CRC-32C of all before it. Topics go in order of their
/// names, so that equal images have equal bytes.
/// </summary>
public static class ImageCodec
{
    private static ReadOnlySpan<byte> Magic => "FlyMQ image\n"u8;

    private const byte Format = 1;

    public static ReadOnlyMemory<byte> Encode(ClusterImage image)
    {
        var writer = new MetadataWriter();
        foreach (var b in Magic)
        {
            writer.Byte(b);
        }

        writer.Byte(Format);
        writer.Struct(image, static (w, i) =>
        {
            w.Int(i.Version);
            w.Uuid(i.ClusterId);
            w.Int(i.NextProducerId);
            w.List(i.Features, static (w, f) =>
            {
                w.Text(f.Key);
                w.Int(f.Value);
            });
            w.List([.. i.Brokers.Values], Structures.Broker);
            w.List([.. i.Topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal)], Structures.Topic);
            w.List(i.Configs, static (w, c) =>
            {
                w.Int((sbyte)c.Key.Type);
                w.Text(c.Key.Name);
                w.Map(c.Value);
            });
            w.List([.. i.Recent.InOrder], Structures.Result);
        });
        var crc = Crc32C.Compute(writer.Written.Span);
        Span<byte> tail = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, crc);
        foreach (var b in tail)
        {
            writer.Byte(b);
        }

        return writer.Written;
    }

    /// <exception cref="MetadataFormatException">Damaged, or of a format this release does not know.</exception>
    public static ClusterImage Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Magic.Length + 5 || !bytes.StartsWith(Magic))
        {
            throw new MetadataFormatException("these bytes are not a FlyMQ metadata snapshot");
        }

        if (bytes[Magic.Length] is var format and not Format)
        {
            throw new MetadataFormatException($"snapshot format {format} is not known (known: {Format})");
        }

        if (Crc32C.Compute(bytes[..^4]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]))
        {
            throw new MetadataFormatException("the metadata snapshot does not match its checksum");
        }

        var reader = new MetadataReader(bytes[(Magic.Length + 1)..^4]);
        return reader.Struct(static (ref MetadataReader r) =>
        {
            var image = new ClusterImage
            {
                Version = r.Int(),
                ClusterId = r.Uuid(),
                NextProducerId = r.Int(),
                Features = r.List(static (ref MetadataReader r) => KeyValuePair.Create(r.Text(), (short)r.Int())).ToImmutableSortedDictionary(StringComparer.Ordinal),
                Brokers = r.List(Structures.ReadBroker).ToImmutableSortedDictionary(b => b.Id, b => b),
            };
            image = WithTopics(image, r.List(Structures.ReadTopic)) with
            {
                Configs = r.List(static (ref MetadataReader r) =>
                    KeyValuePair.Create(new ConfigResource((ConfigResourceType)r.Int(), r.Text()), r.Map())).ToImmutableSortedDictionary(),
            };
            return image with { Recent = r.List(Structures.ReadResult).Aggregate(RecentCommands.None, (recent, c) => recent.With(c.Id, c.Result)) };
        });
    }

    private static ClusterImage WithTopics(ClusterImage image, ImmutableArray<TopicImage> topics) => image with
    {
        Topics = topics.ToImmutableDictionary(t => t.Name, StringComparer.Ordinal),
        TopicsById = topics.ToImmutableDictionary(t => t.Id),
        TopicByFoldedName = topics.ToImmutableDictionary(t => ClusterImage.Fold(t.Name), t => t.Name, StringComparer.Ordinal),
        PartitionCount = topics.Sum(t => t.Partitions.Length),
    };
}

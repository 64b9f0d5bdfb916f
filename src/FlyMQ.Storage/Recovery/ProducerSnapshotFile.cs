using System.Buffers.Binary;
using FlyMQ.Records;

namespace FlyMQ.Storage.Recovery;

/// <summary>
/// Kafka's <c>.snapshot</c> file, version 1, big-endian: version (2), CRC-32C of all that follows (4), count (4), and per producer: id (8), epoch (2), last sequence (4),
/// last offset (8), offset delta (4), timestamp (8), coordinator epoch (4), first offset of the open transaction (8).
/// </summary>
internal static class ProducerSnapshotFile
{
    private const int HeaderSize = 10, EntrySize = 46;
    private const short Version = 1;

    public static byte[] Encode(IReadOnlyList<ProducerSnapshotEntry> producers)
    {
        var bytes = new byte[HeaderSize + (producers.Count * EntrySize)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), producers.Count);
        var at = HeaderSize;
        foreach (var producer in producers)
        {
            var entry = bytes.AsSpan(at, EntrySize);
            BinaryPrimitives.WriteInt64BigEndian(entry, producer.ProducerId);
            BinaryPrimitives.WriteInt16BigEndian(entry[8..], producer.ProducerEpoch);
            BinaryPrimitives.WriteInt32BigEndian(entry[10..], producer.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(entry[14..], producer.LastOffset.Value);
            BinaryPrimitives.WriteInt32BigEndian(entry[22..], producer.OffsetDelta);
            BinaryPrimitives.WriteInt64BigEndian(entry[26..], producer.TimestampMs);
            BinaryPrimitives.WriteInt32BigEndian(entry[34..], producer.CoordinatorEpoch);
            BinaryPrimitives.WriteInt64BigEndian(entry[38..], producer.CurrentTxnFirstOffset.Value);
            at += EntrySize;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(6)));
        return bytes;
    }

    /// <returns>Null when the bytes are not such a file: a torn write, for which an older snapshot and the log make up.</returns>
    public static IReadOnlyList<ProducerSnapshotEntry>? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]) != Crc32C.Compute(bytes[6..]))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[6..]);
        if (count < 0 || bytes.Length != HeaderSize + ((long)count * EntrySize))
        {
            return null;
        }

        var producers = new ProducerSnapshotEntry[count];
        for (var i = 0; i < count; i++)
        {
            var entry = bytes.Slice(HeaderSize + (i * EntrySize), EntrySize);
            producers[i] = new ProducerSnapshotEntry(
                BinaryPrimitives.ReadInt64BigEndian(entry),
                BinaryPrimitives.ReadInt16BigEndian(entry[8..]),
                BinaryPrimitives.ReadInt32BigEndian(entry[10..]),
                new Offset(BinaryPrimitives.ReadInt64BigEndian(entry[14..])),
                BinaryPrimitives.ReadInt32BigEndian(entry[22..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[26..]),
                BinaryPrimitives.ReadInt32BigEndian(entry[34..]),
                new Offset(BinaryPrimitives.ReadInt64BigEndian(entry[38..])));
        }

        return producers;
    }
}

using System.Buffers.Binary;
using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// The greatest timestamp so far, and the last offset of the batch that has it, relative to the base (Kafka's <c>.timeindex</c>: 8 + 4 bytes, big-endian,
/// strictly ascending timestamps). Grown by the settler, read by anybody.
/// </summary>
internal sealed class TimeIndex(IndexArray<(long TimestampMs, int LastOffset)> entries)
{
    public const int EntrySize = 12;

    public TimeIndex()
        : this(new([], 0))
    {
    }

    public int Count => entries.Count;

    public (long TimestampMs, int LastOffset)? Last => entries.Count is > 0 and var count ? entries[count - 1] : null;

    public static TimeIndex Read(ReadOnlySpan<byte> bytes)
    {
        var read = new (long, int)[bytes.Length / EntrySize];
        for (var i = 0; i < read.Length; i++)
        {
            read[i] = ReadEntry(bytes[(i * EntrySize)..]);
        }

        return new TimeIndex(new(read, read.Length));
    }

    public static (long TimestampMs, int LastOffset) ReadEntry(ReadOnlySpan<byte> entry) => (BinaryPrimitives.ReadInt64BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[8..]));

    public static void Write(Span<byte> entry, long timestampMs, int lastOffset)
    {
        BinaryPrimitives.WriteInt64BigEndian(entry, timestampMs);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], lastOffset);
    }

    public (long TimestampMs, int LastOffset) At(int index) => entries[index];

    public void Add(long timestampMs, int lastOffset) => entries.Add((timestampMs, lastOffset));

    /// <summary>Keeps the first entries and forgets the rest; false when there are not so many.</summary>
    public bool Keep(int? count) => entries.Keep(count ?? entries.Count);

    /// <summary>True when the entries ascend.</summary>
    public bool Fits()
    {
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i].TimestampMs <= entries[i - 1].TimestampMs || entries[i].LastOffset <= entries[i - 1].LastOffset)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Forgets entries of offsets at or above one.</summary>
    public void TruncateTo(Offset baseOffset, Offset offset) => entries.TrimEnd(entry => baseOffset + entry.LastOffset >= offset);

    /// <summary>Everything up to this relative offset is older than the time; −1 when nothing is known to be.</summary>
    public int FloorOf(long timestampMs)
        => entries.CountWhile(timestampMs, static (entry, time) => entry.TimestampMs < time) is > 0 and var count ? entries[count - 1].LastOffset : -1;
}

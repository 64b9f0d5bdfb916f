using System.Buffers.Binary;
using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// Some of a segment's batches: the last offset of each, relative to the base, and where it begins (Kafka's <c>.index</c>: 4 + 4 bytes, big-endian, ascending).
/// Grown by the settler, read by anybody.
/// </summary>
internal sealed class OffsetIndex(Offset baseOffset, IndexArray<(int LastOffset, int Position)> entries)
{
    public const int EntrySize = 8;

    public OffsetIndex(Offset baseOffset)
        : this(baseOffset, new([], 0))
    {
    }

    public int Count => entries.Count;

    public static OffsetIndex Read(Offset baseOffset, ReadOnlySpan<byte> bytes)
    {
        var read = new (int, int)[bytes.Length / EntrySize];
        for (var i = 0; i < read.Length; i++)
        {
            read[i] = ReadEntry(bytes[(i * EntrySize)..]);
        }

        return new OffsetIndex(baseOffset, new(read, read.Length));
    }

    public static (int LastOffset, int Position) ReadEntry(ReadOnlySpan<byte> entry) => (BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));

    public static void Write(Span<byte> entry, int lastOffset, int position)
    {
        BinaryPrimitives.WriteInt32BigEndian(entry, lastOffset);
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
    }

    public (int LastOffset, int Position) At(int index) => entries[index];

    public void Add(int lastOffset, int position) => entries.Add((lastOffset, position));

    /// <summary>Keeps the first entries and forgets the rest; false when there are not so many.</summary>
    public bool Keep(int? count) => entries.Keep(count ?? entries.Count);

    /// <summary>True when the entries ascend and lie within a segment of this length.</summary>
    public bool Fits(long segmentBytes)
    {
        var before = (LastOffset: -1, Position: -1);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (entry.Position >= segmentBytes || entry.LastOffset <= before.LastOffset || entry.Position <= before.Position)
            {
                return false;
            }

            before = entry;
        }

        return true;
    }

    /// <summary>Forgets entries of batches that begin at or after a position.</summary>
    public void TruncateTo(long position) => entries.TrimEnd(entry => entry.Position >= position);

    /// <summary>Where to begin looking for the batch that holds an offset.</summary>
    public int FloorOfOffset(Offset offset) => PositionOfLast(entries.CountWhile(offset - baseOffset, static (entry, relative) => entry.LastOffset <= relative));

    /// <summary>The last known beginning of a batch at or before a position.</summary>
    public int FloorOfPosition(long position) => PositionOfLast(entries.CountWhile(position, static (entry, limit) => entry.Position <= limit));

    private int PositionOfLast(int count) => count == 0 ? 0 : entries[count - 1].Position;
}

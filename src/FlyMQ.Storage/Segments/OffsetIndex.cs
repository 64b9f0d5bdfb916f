using System.Buffers.Binary;
using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// Some of a segment's batches: the last offset of each, relative to the base, and where it begins (Kafka's <c>.index</c>: 4 + 4 bytes, big-endian, ascending).
/// Grown by the settler, read by anybody.
/// </summary>
internal sealed class OffsetIndex(Offset baseOffset)
{
    public const int EntrySize = 8;

    private (int LastOffset, int Position)[] _entries = new (int, int)[16];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public static OffsetIndex Read(Offset baseOffset, ReadOnlySpan<byte> bytes)
    {
        var index = new OffsetIndex(baseOffset) { _entries = new (int, int)[Math.Max(1, bytes.Length / EntrySize)] };
        for (var i = 0; i + EntrySize <= bytes.Length; i += EntrySize)
        {
            index._entries[index._count++] = (BinaryPrimitives.ReadInt32BigEndian(bytes[i..]), BinaryPrimitives.ReadInt32BigEndian(bytes[(i + 4)..]));
        }

        return index;
    }

    public static void Write(Span<byte> entry, int lastOffset, int position)
    {
        BinaryPrimitives.WriteInt32BigEndian(entry, lastOffset);
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
    }

    public (int LastOffset, int Position) At(int index) => Volatile.Read(ref _entries)[index];

    public void Add(int lastOffset, int position)
    {
        if (_count == _entries.Length)
        {
            var larger = new (int, int)[_entries.Length * 2];
            _entries.AsSpan().CopyTo(larger);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = (lastOffset, position);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>True when the entries ascend and lie within a segment of this length.</summary>
    public bool Fits(long segmentBytes)
    {
        for (var i = 0; i < _count; i++)
        {
            var (offset, position) = _entries[i];
            if (position >= segmentBytes || position < 0 || offset < 0 || (i > 0 && (offset <= _entries[i - 1].LastOffset || position <= _entries[i - 1].Position)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Keeps the first entries and forgets the rest; false when there are not so many.</summary>
    public bool Keep(int? entries)
    {
        var kept = entries ?? _count;
        var enough = kept <= _count;
        Volatile.Write(ref _count, Math.Min(kept, _count));
        return enough;
    }

    /// <summary>Forgets entries of batches that begin at or after a position.</summary>
    public void TruncateTo(long position)
    {
        var count = _count;
        while (count > 0 && _entries[count - 1].Position >= position)
        {
            count--;
        }

        Volatile.Write(ref _count, count);
    }

    /// <summary>Where to begin looking for the batch that holds an offset.</summary>
    public int FloorOfOffset(Offset offset)
    {
        var (entries, count) = Snapshot();
        int low = 0, high = count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (baseOffset + entries[middle].LastOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 0 : entries[low - 1].Position;
    }

    /// <summary>The last known beginning of a batch at or before a position.</summary>
    public int FloorOfPosition(long position)
    {
        var (entries, count) = Snapshot();
        int low = 0, high = count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].Position <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 0 : entries[low - 1].Position;
    }

    // The count is read first: the array may only have grown since.
    private ((int LastOffset, int Position)[] Entries, int Count) Snapshot()
    {
        var count = Volatile.Read(ref _count);
        return (Volatile.Read(ref _entries), count);
    }
}

using System.Buffers.Binary;
using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// The greatest timestamp so far, and the last offset of the batch that has it, relative to the base (Kafka's <c>.timeindex</c>: 8 + 4 bytes, big-endian,
/// strictly ascending timestamps). Grown by the settler, read by anybody.
/// </summary>
internal sealed class TimeIndex
{
    public const int EntrySize = 12;

    private (long TimestampMs, int LastOffset)[] _entries = new (long, int)[8];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public (long TimestampMs, int LastOffset)? Last => Count is > 0 and var count ? Volatile.Read(ref _entries)[count - 1] : null;

    public static TimeIndex Read(ReadOnlySpan<byte> bytes)
    {
        var index = new TimeIndex { _entries = new (long, int)[Math.Max(1, bytes.Length / EntrySize)] };
        for (var i = 0; i + EntrySize <= bytes.Length; i += EntrySize)
        {
            index._entries[index._count++] = (BinaryPrimitives.ReadInt64BigEndian(bytes[i..]), BinaryPrimitives.ReadInt32BigEndian(bytes[(i + 8)..]));
        }

        return index;
    }

    public static void Write(Span<byte> entry, long timestampMs, int lastOffset)
    {
        BinaryPrimitives.WriteInt64BigEndian(entry, timestampMs);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], lastOffset);
    }

    public (long TimestampMs, int LastOffset) At(int index) => Volatile.Read(ref _entries)[index];

    public void Add(long timestampMs, int lastOffset)
    {
        if (_count == _entries.Length)
        {
            var larger = new (long, int)[_entries.Length * 2];
            _entries.AsSpan().CopyTo(larger);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = (timestampMs, lastOffset);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>True when the entries ascend.</summary>
    public bool Fits()
    {
        for (var i = 1; i < _count; i++)
        {
            if (_entries[i].TimestampMs <= _entries[i - 1].TimestampMs || _entries[i].LastOffset <= _entries[i - 1].LastOffset)
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

    /// <summary>Forgets entries of offsets at or above one.</summary>
    public void TruncateTo(Offset baseOffset, Offset offset)
    {
        var count = _count;
        while (count > 0 && baseOffset + _entries[count - 1].LastOffset >= offset)
        {
            count--;
        }

        Volatile.Write(ref _count, count);
    }

    /// <summary>Everything up to this relative offset is older than the time; −1 when nothing is known to be.</summary>
    public int FloorOf(long timestampMs)
    {
        var count = Volatile.Read(ref _count);
        var entries = Volatile.Read(ref _entries);
        int low = 0, high = count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].TimestampMs < timestampMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? -1 : entries[low - 1].LastOffset;
    }
}

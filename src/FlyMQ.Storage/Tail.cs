using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage.Journal;

namespace FlyMQ.Storage;

/// <summary>One batch in memory, waiting to be settled.</summary>
internal readonly record struct TailBatch(
    Chunk Chunk, int Position, int Length, Offset BaseOffset, Offset NextOffset, long MaxTimestampMs, LeaderEpoch Epoch, bool StartsSegment, int Records)
{
    public ReadOnlyMemory<byte> Bytes => Chunk.Memory.Slice(Position, Length);
}

/// <summary>The batches of a log that are not in its segments yet, in order. Touched under the log's gate only.</summary>
internal sealed class Tail
{
    private TailBatch[] _ring = new TailBatch[8];
    private int _head;

    public int Count { get; private set; }

    public ref readonly TailBatch this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    public void Add(in TailBatch batch)
    {
        if (Count == _ring.Length)
        {
            var larger = new TailBatch[_ring.Length * 2];
            for (var i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            _ring = larger;
            _head = 0;
        }

        _ring[(_head + Count) & (_ring.Length - 1)] = batch;
        Count++;
    }

    public void RemoveFirst()
    {
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        // An idle partition should not keep the ring of its busiest moment.
        if (Count == 0 && _ring.Length > 64)
        {
            _ring = new TailBatch[8];
            _head = 0;
        }
    }

    public TailBatch RemoveLast()
    {
        var index = (_head + Count - 1) & (_ring.Length - 1);
        var batch = _ring[index];
        _ring[index] = default;
        Count--;
        return batch;
    }

    /// <summary>The index of the batch that holds an offset at or above the tail's start.</summary>
    public int IndexOf(Offset offset)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (this[middle].NextOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>Batches straight from memory. Holds their chunks until disposed.</summary>
internal sealed class TailRecords(TailBatch[] batches, int count, int length, PartitionLogMetrics metrics) : IRecordsSource
{
    private TailBatch[]? _batches = batches;

    public int Length => length;

    public void CopyTo(IBufferWriter<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_batches is null, this);
        for (var i = 0; i < count; i++)
        {
            ref readonly var batch = ref _batches[i];
            destination.Write(batch.Chunk.Span(batch.Position, batch.Length));
        }

        metrics.Gave(length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _batches, null) is not { } held)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            held[i].Chunk.Release();
        }

        ArrayPool<TailBatch>.Shared.Return(held, clearArray: true);
    }
}

using System.Runtime.CompilerServices;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Producers;

/// <summary>An appended batch: what duplicates of it are told by, and what they are answered.</summary>
/// <param name="TimestampMs">The greatest of its records: its append time where the topic has append times.</param>
internal readonly record struct AppendedBatch(int FirstSequence, int LastSequence, Offset LastOffset, int OffsetDelta, long TimestampMs)
{
    public Offset FirstOffset => LastOffset - OffsetDelta;

    public Offset NextOffset => LastOffset + 1;
}

/// <summary>The last five batches of a producer: as many as an idempotent client has in flight (KIP-98). Touched by the partition's writer only.</summary>
internal struct BatchWindow
{
    public const int Capacity = 5;

    private Batches _batches;
    private byte _count;
    private byte _newest;

    public readonly bool IsEmpty => _count == 0;

    /// <summary>Not to be asked of an empty window.</summary>
    public readonly AppendedBatch Newest => _batches[_newest];

    public void Add(in AppendedBatch batch)
    {
        _newest = (byte)(IsEmpty ? 0 : (_newest + 1) % Capacity);
        _batches[_newest] = batch;
        _count = (byte)Math.Min(_count + 1, Capacity);
    }

    public void Clear() => _count = 0;

    public readonly bool TryFind(int firstSequence, int lastSequence, out AppendedBatch found)
    {
        for (var age = 0; age < _count; age++)
        {
            found = _batches[(_newest + Capacity - age) % Capacity];
            if (found.FirstSequence == firstSequence && found.LastSequence == lastSequence)
            {
                return true;
            }
        }

        found = default;
        return false;
    }

    [InlineArray(Capacity)]
    private struct Batches
    {
        private AppendedBatch _first;
    }
}

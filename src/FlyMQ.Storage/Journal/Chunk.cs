using System.Buffers;
using System.Runtime.InteropServices;

namespace FlyMQ.Storage.Journal;

/// <summary>
/// Page-aligned native memory that the journal is written from and that is the tail of the partitions whose batches lie in it. Counted: one
/// for the journal while it still fills or writes it, one for each batch that is not settled, one for each read under way.
/// </summary>
internal sealed unsafe class Chunk(ChunkPool pool, int size) : MemoryManager<byte>
{
    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc((nuint)size, ChunkPool.PageSize);
    private int _references = 1;

    public int Size => size;

    public override Span<byte> GetSpan() => new(_memory, size);

    public Span<byte> Span(int position, int length) => new Span<byte>(_memory, size).Slice(position, length);

    public void Retain() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            pool.Return(this);
        }
    }

    /// <summary>By the pool: one reference again.</summary>
    public void Revive() => _references = 1;

    public override MemoryHandle Pin(int elementIndex = 0) => new(_memory + elementIndex);

    public override void Unpin()
    {
    }

    /// <summary>By the pool: gives the memory back to the operating system.</summary>
    public void Free() => NativeMemory.AlignedFree(_memory);

    protected override void Dispose(bool disposing)
    {
    }
}

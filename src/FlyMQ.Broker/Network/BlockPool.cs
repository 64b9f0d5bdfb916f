using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace FlyMQ.Broker.Network;

/// <summary>
/// The memory that connections receive into and send from: blocks of 64 KiB. Kestrel's own of 4 KiB cost a large request most of its rate, for every
/// receive is limited to one block.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    public const int BlockBytes = 64 * 1024;
    private const int Kept = 256;

    private readonly ConcurrentQueue<Block> _free = new();

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        return _free.TryDequeue(out var block) ? block : new Block(this);
    }

    /// <summary>
    /// Forgets the blocks that are kept. They are pinned and lie anywhere among those of a peak, which the collector gives back to the system only in large pieces:
    /// sixteen MiB of them can hold a hundred.
    /// </summary>
    public void Trim() => _free.Clear();

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (_free.Count < Kept)
        {
            _free.Enqueue(block);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        // Pinned, so that a receive under way need not pin it.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);

        public Memory<byte> Memory => _bytes;

        public void Dispose() => pool.Return(this);
    }
}

internal sealed class BlockPoolFactory(BlockPool pool) : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => pool;
}

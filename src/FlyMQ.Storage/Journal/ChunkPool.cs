namespace FlyMQ.Storage.Journal;

/// <summary>Hands out <see cref="Chunk"/>s, keeps some that came back, and counts what is out. Safe to call from any thread.</summary>
internal sealed class ChunkPool(int chunkBytes, int kept)
{
    public const int PageSize = 4096;

    private readonly Lock _lock = new();
    private readonly Stack<Chunk> _free = new();
    private long _bytesOut;

    /// <summary>Bytes of the chunks that somebody holds.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Told when a chunk comes back: producers may be waiting for room.</summary>
    public Action? Returned { get; set; }

    public Chunk Rent(int atLeast)
    {
        var size = Math.Max(chunkBytes, AlignUp(atLeast));
        Interlocked.Add(ref _bytesOut, size);
        if (size == chunkBytes)
        {
            lock (_lock)
            {
                if (_free.TryPop(out var chunk))
                {
                    chunk.Revive();
                    return chunk;
                }
            }
        }

        return new Chunk(this, size);
    }

    public void Return(Chunk chunk)
    {
        Interlocked.Add(ref _bytesOut, -chunk.Size);
        var keep = false;
        if (chunk.Size == chunkBytes)
        {
            lock (_lock)
            {
                keep = _free.Count < kept;
                if (keep)
                {
                    _free.Push(chunk);
                }
            }
        }

        if (!keep)
        {
            chunk.Free();
        }

        Returned?.Invoke();
    }

    /// <summary>Frees the chunks that are kept.</summary>
    public void Trim()
    {
        while (true)
        {
            Chunk? chunk;
            lock (_lock)
            {
                if (!_free.TryPop(out chunk))
                {
                    return;
                }
            }

            chunk.Free();
        }
    }

    public static int AlignUp(int bytes) => checked(bytes + (PageSize - 1)) & ~(PageSize - 1);
}

namespace FlyMQ.Storage;

/// <summary>How full the memory is that records lie in before they are in segments.</summary>
/// <param name="MemoryBytes">Of the pieces of memory that are out: they go back when all that lies in them is settled and read.</param>
/// <param name="MemoryLimitBytes">Past it producers wait (<c>storage.tail_memory_bytes</c>).</param>
/// <param name="UnsettledBytes">Of batches that are in no segment yet.</param>
public readonly record struct TailLoad(long MemoryBytes, long MemoryLimitBytes, long UnsettledBytes);

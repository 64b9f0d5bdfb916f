namespace FlyMQ.Storage;

/// <summary>What the settler has written since the store was opened, its recovery included, and how often producers waited for it. Read whenever somebody asks.</summary>
public sealed class LogStoreMetrics
{
    private long _settledBytes;
    private long _indexBytesWritten;
    private long _roomWaits;

    /// <summary>Bytes of batches that were moved into segments.</summary>
    public long SettledBytes => Volatile.Read(ref _settledBytes);

    /// <summary>Bytes written to offset and time indexes; one that is written anew counts again.</summary>
    public long IndexBytesWritten => Volatile.Read(ref _indexBytesWritten);

    /// <summary>Requests that waited because the tails were full.</summary>
    public long RoomWaits => Interlocked.Read(ref _roomWaits);

    /// <summary>By the settler alone.</summary>
    internal void Settled(long bytes) => Volatile.Write(ref _settledBytes, _settledBytes + bytes);

    /// <summary>By the settler alone.</summary>
    internal void WroteIndex(long bytes) => Volatile.Write(ref _indexBytesWritten, _indexBytesWritten + bytes);

    internal void WaitedForRoom() => Interlocked.Increment(ref _roomWaits);
}

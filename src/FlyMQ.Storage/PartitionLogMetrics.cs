namespace FlyMQ.Storage;

/// <summary>What one log has taken in and given out since this process opened it. Plain numbers: read whenever somebody asks.</summary>
public sealed class PartitionLogMetrics
{
    private long _bytesWritten;
    private long _bytesRead;

    /// <summary>Bytes of the batches that were appended; what a replay of the journal brings back is not counted again.</summary>
    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Bytes of the batches that were copied out to readers, from memory or files.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>By the log's writer alone.</summary>
    public void Wrote(int bytes) => Volatile.Write(ref _bytesWritten, _bytesWritten + bytes);

    /// <summary>By any reader.</summary>
    public void Gave(int bytes) => Interlocked.Add(ref _bytesRead, bytes);
}

namespace FlyMQ.Storage;

/// <summary>How far the opening of a store has come. Written by the thread that opens it, read by any.</summary>
public sealed class RecoveryProgress
{
    private int _begun;
    private long _done;
    private long _total;

    /// <summary>True once logs are being opened; it stays so.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) != 0;

    /// <summary>Of the journal's bytes to replay; null while they are not counted, or when there are none.</summary>
    public int? Percent => Volatile.Read(ref _total) is > 0 and var total ? (int)Math.Min(100, 100 * Volatile.Read(ref _done) / total) : null;

    public void Begin() => Volatile.Write(ref _begun, 1);

    public void Report(long done, long total)
    {
        Volatile.Write(ref _done, done);
        Volatile.Write(ref _total, total);
    }
}

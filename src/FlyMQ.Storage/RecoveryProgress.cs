namespace FlyMQ.Storage;

/// <summary>How far the opening of a store has come. Written by the thread that opens it, read by any.</summary>
public sealed class RecoveryProgress
{
    private int _begun;
    private int _ended;
    private long _elapsedTicks;
    private long _replayedBytes;
    private long _replayedRecords;
    private long _done;
    private long _total;

    /// <summary>True once logs are being opened; it stays so.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) != 0;

    /// <summary>Of the journal's bytes to replay; null while they are not counted, or when there are none.</summary>
    public int? Percent => Volatile.Read(ref _total) is > 0 and var total ? (int)Math.Min(100, 100 * Volatile.Read(ref _done) / total) : null;

    /// <summary>From 0 to 1: the journal's bytes that were gone through, 1 at the end, also where there were none.</summary>
    public double Ratio => Volatile.Read(ref _ended) != 0 ? 1 : Volatile.Read(ref _total) is > 0 and var total ? Math.Min(1, Volatile.Read(ref _done) / (double)total) : 0;

    /// <summary>How long opening the store took; null while it is being opened.</summary>
    public TimeSpan? Took => Volatile.Read(ref _ended) != 0 ? new TimeSpan(Volatile.Read(ref _elapsedTicks)) : null;

    /// <summary>Bytes of the batches that the journal had and the segments lacked; after a clean end none.</summary>
    public long ReplayedBytes => Volatile.Read(ref _replayedBytes);

    /// <summary>Journal records of logs that are there: batches, truncations, deletions of records.</summary>
    public long ReplayedRecords => Volatile.Read(ref _replayedRecords);

    public void Begin() => Volatile.Write(ref _begun, 1);

    public void Report(long done, long total)
    {
        Volatile.Write(ref _done, done);
        Volatile.Write(ref _total, total);
    }

    internal void Replayed(long bytes, long records)
    {
        Volatile.Write(ref _replayedBytes, bytes);
        Volatile.Write(ref _replayedRecords, records);
    }

    internal void End(TimeSpan took)
    {
        Volatile.Write(ref _elapsedTicks, took.Ticks);
        Volatile.Write(ref _ended, 1);
    }
}

namespace FlyMQ.Storage.Journal;

/// <summary>What a journal has in hand and has done, at one moment. Totals are since it was opened.</summary>
public readonly record struct JournalLoad
{
    /// <summary>Records in memory that are not written yet.</summary>
    public long QueuedRecords { get; init; }

    /// <summary>Bytes of records that a power loss would take: not flushed with <see cref="SyncMode.Commit"/> and <see cref="SyncMode.Interval"/>, not written with <see cref="SyncMode.None"/>.</summary>
    public long UnflushedBytes { get; init; }

    /// <summary>How long the oldest of them has waited; zero when there are none.</summary>
    public TimeSpan OldestUnflushed { get; init; }

    /// <summary>Bytes of the files that a replay would read.</summary>
    public long FileBytes { get; init; }

    /// <summary>Near it a checkpoint makes files free.</summary>
    public long FileBytesLimit { get; init; }

    public long RecordsWritten { get; init; }

    /// <summary>With headers, and filled up to whole pages.</summary>
    public long BytesWritten { get; init; }

    /// <summary>How often what had accumulated was written, in one go each time.</summary>
    public long Rounds { get; init; }
}

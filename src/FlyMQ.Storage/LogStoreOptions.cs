namespace FlyMQ.Storage;

/// <summary>What a <see cref="LogStore"/> is told (configuration section <c>storage</c>).</summary>
public sealed record LogStoreOptions
{
    /// <summary>The folder that holds <c>topics/</c>, <c>journal/</c> and the checkpoint.</summary>
    public required string DataDir { get; init; }

    public SyncMode Sync { get; init; } = SyncMode.Commit;

    public int SyncIntervalMs { get; init; } = 1000;

    /// <summary>Appends of logs that may not use the reserve are refused below this.</summary>
    public long MinFreeBytes { get; init; } = 512L << 20;

    /// <summary>Memory for records that are not in their segments yet; past it producers wait.</summary>
    public long TailMemoryBytes { get; init; } = 128L << 20;

    public int JournalFileBytes { get; init; } = 64 << 20;

    /// <summary>Past this many bytes of journal a checkpoint makes its oldest file free.</summary>
    public long JournalBytes { get; init; } = 256L << 20;

    public long RetentionCheckIntervalMs { get; init; } = 300_000;

    /// <summary>The size of the pieces of memory that the journal is written from; a larger batch gets one of its own.</summary>
    public int ChunkBytes { get; init; } = 1 << 20;

    /// <summary>
    /// The most log files of segments that are open at a time; past it one is closed for the next to be opened. All else the store opens is a handful of files at a time, and
    /// those of the journal.
    /// </summary>
    public int OpenLogFiles { get; init; } = 4096;

    /// <summary>Of the histogram of flushes.</summary>
    public LatencyBuckets LatencyBuckets { get; init; } = LatencyBuckets.Default;

    /// <summary>False: nothing happens by itself; the owner calls <see cref="LogStore.FlushOnce"/>, <see cref="LogStore.SettleOnce"/>, <see cref="LogStore.CheckpointOnce"/> (simulation).</summary>
    public bool Threads { get; init; } = true;
}

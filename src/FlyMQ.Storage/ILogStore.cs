using FlyMQ.Records;

namespace FlyMQ.Storage;

/// <summary>
/// All partition logs of this node and the journal they share. Opening recovers: replays the journal over the segments, reports progress, and
/// ends with every log that was found in <see cref="Logs"/>. Safe to call from any thread.
/// </summary>
public interface ILogStore : IAsyncDisposable
{
    SyncMode SyncMode { get; }

    /// <summary>Every log there is, those found at start included.</summary>
    IReadOnlyCollection<IPartitionLog> Logs { get; }

    IPartitionLog? Find(TopicIdPartition id);

    /// <summary>Creates the log's folder, <c>partition.metadata</c> in it, durably; or answers with the log that is there.</summary>
    /// <exception cref="IOException">It could not be created; nothing is left behind.</exception>
    ValueTask<IPartitionLog> CreateAsync(TopicIdPartition id, string topic, LogConfig config);

    /// <summary>
    /// Forgets the log at once (appends and reads of it answer <see cref="LogFault.Fenced"/>) and deletes its files behind readers.
    /// Durable when it returns: a restart does not bring the log back.
    /// </summary>
    ValueTask DeleteAsync(TopicIdPartition id);

    /// <summary>True while appends are refused with <see cref="LogFault.StorageFull"/> (<c>storage.min_free_bytes</c>, or no room for the journal at all).</summary>
    bool IsFull { get; }

    /// <summary>Why the store takes no more writes at all until a restart (a failed flush of the journal); null while it does.</summary>
    string? Failure { get; }

    /// <summary>
    /// Completes at once while the tails have room, else when the settler has made some. Called before a produce is appended: the bound on
    /// tail memory is the back-pressure.
    /// </summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellation);

    /// <summary>
    /// Ends the store cleanly: everything appended is settled, flushed and checkpointed, and a marker says so, which makes the next start
    /// independent of the size of the logs. After it only <see cref="IAsyncDisposable.DisposeAsync"/> may be called.
    /// Disposing without it leaves what a crash would leave.
    /// </summary>
    ValueTask CloseCleanlyAsync(CancellationToken cancellation);
}

/// <summary>When the journal is flushed (<c>storage.sync</c>).</summary>
public enum SyncMode
{
    /// <summary>Before a batch counts as flushed; one flush serves all batches that arrived meanwhile.</summary>
    Commit,

    /// <summary>Written at once, flushed every <c>storage.sync_interval_ms</c>.</summary>
    Interval,

    /// <summary>Written at once, flushed when the operating system likes.</summary>
    None,
}

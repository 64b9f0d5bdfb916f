using System.Buffers;
using FlyMQ.Records;

namespace FlyMQ.Storage;

/// <summary>
/// The records of one partition on this node. What is marked "writer" is called by one thread at a time, the partition's writer; everything
/// else is safe beside it and takes no lock that is held across I/O.
/// </summary>
public interface IPartitionLog
{
    TopicIdPartition Id { get; }

    string Topic { get; }

    LogConfig Config { get; set; }

    /// <summary>The first offset that may be read; raised by retention and DeleteRecords.</summary>
    Offset StartOffset { get; }

    /// <summary>The offset after the last appended record.</summary>
    Offset EndOffset { get; }

    /// <summary>
    /// Everything below is on stable storage (<see cref="SyncMode.Commit"/>); under the other modes everything below is written to the
    /// operating system, which survives the process but not the machine.
    /// </summary>
    Offset FlushedOffset { get; }

    /// <summary>Reads from here on are served from memory and touch no file.</summary>
    Offset TailStartOffset { get; }

    /// <summary>Told by the partition, checkpointed by the store; retention deletes nothing at or above it. After a restart: the checkpoint.</summary>
    Offset HighWatermark { get; set; }

    /// <summary>The epoch of the last record, <see cref="LeaderEpoch.None"/> in an empty log.</summary>
    LeaderEpoch LatestEpoch { get; }

    /// <summary>Bytes of all batches from <see cref="StartOffset"/>'s segment on, tail included.</summary>
    long SizeInBytes { get; }

    /// <summary>
    /// Records from <see cref="StartOffset"/> to <see cref="EndOffset"/>, those of control batches left out. Counted from batch headers; what has to be counted anew
    /// behind the settler is taken from the offsets until then.
    /// </summary>
    long RecordCount { get; }

    /// <summary>Segment files; records that are in the journal and the tail alone have none yet.</summary>
    int SegmentCount { get; }

    PartitionLogMetrics Metrics { get; }

    /// <summary>Why this log takes no more appends, and what was found (file and position); null while all is well.</summary>
    string? FenceReason { get; }

    /// <summary>One listener, set by the partition before the first append. Called on the journal's thread, in offset order.</summary>
    ILogListener? Listener { get; set; }

    /// <summary>
    /// Writer. Appends one batch as it is, but for base offset and leader epoch, which are stamped. The bytes are copied once, into memory
    /// that the journal writes and readers read; nothing is waited for. <paramref name="baseOffset"/> is <see cref="EndOffset"/> (a follower's may be later).
    /// </summary>
    LogAppend Append(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, Offset baseOffset, LeaderEpoch leaderEpoch);

    /// <summary>
    /// Writer. Keeps what the partition knows of its producers below <paramref name="offset"/>, as Kafka's <c>.snapshot</c> file; written behind the
    /// caller. Called when <see cref="LogAppend.StartsSegment"/> says so, and before a clean close.
    /// </summary>
    void TakeProducerSnapshot(Offset offset, IReadOnlyList<ProducerSnapshotEntry> producers);

    /// <summary>The newest producer snapshot at or below <see cref="EndOffset"/>, and every batch header from its offset on: what recovery needs.</summary>
    RecoveredProducers RecoverProducers();

    /// <summary>Writer. Durable when it returns. An offset at or below <see cref="StartOffset"/> changes nothing.</summary>
    ValueTask AdvanceStartOffsetAsync(Offset startOffset);

    /// <summary>Writer. Cuts away everything at and above <paramref name="offset"/>; a journal record, so that replay cannot bring it back. Durable when it returns.</summary>
    ValueTask TruncateAsync(Offset offset);

    /// <summary>
    /// Whole batches from the one that holds <paramref name="from"/> to the last that ends at or below <paramref name="upTo"/>, at most
    /// <paramref name="maxBytes"/>, but with <paramref name="atLeastOneBatch"/> the first in any case (KIP-74).
    /// </summary>
    LogRead Read(Offset from, Offset upTo, int maxBytes, bool atLeastOneBatch);

    /// <summary>The first record at or after a time (ms since 1970) below <paramref name="upTo"/>; null when there is none. May read files.</summary>
    TimestampedOffset? FindByTimestamp(long timestampMs, Offset upTo);

    /// <summary>The first of the records with the greatest timestamp (KIP-734); null in an empty log. May read files.</summary>
    TimestampedOffset? FindMaxTimestamp(Offset upTo);

    /// <summary>
    /// The batch that holds an offset, or the first there is when that lies below <see cref="StartOffset"/>. Null when there is none, when it takes files to tell and
    /// <paramref name="mayReadFiles"/> says no, and when they cannot be read, which is for the log's readers to find out. Of files it keeps neither handle nor index.
    /// </summary>
    BatchPlace? Locate(Offset offset, bool mayReadFiles);

    /// <summary>
    /// How long, in seconds, until retention may delete the segment that holds an offset, by the limit that comes first; 0 when it may already, null when no limit will
    /// take it and while it is not known how fast the log grows, which takes two calls some seconds apart. Reads no file.
    /// </summary>
    /// <param name="offset">At or above <see cref="StartOffset"/>; what lies below counts as that.</param>
    /// <param name="place">What <see cref="Locate"/> has said of it.</param>
    double? RetentionHeadroomSeconds(Offset offset, BatchPlace place);

    /// <summary>The largest epoch known that is at most <paramref name="epoch"/> and where it ends (KIP-101, KIP-279); (None, −1) when unknown.</summary>
    EpochEnd EndOfEpoch(LeaderEpoch epoch);

    /// <summary>The epoch of the record at an offset; None below the history.</summary>
    LeaderEpoch EpochAt(Offset offset);

    /// <summary>Aborted transactions that overlap a range of offsets (KIP-98).</summary>
    IReadOnlyList<AbortedTransaction> AbortedIn(Offset from, Offset upTo);

    /// <summary>Deletes what retention no longer keeps (time, size, start offset), behind readers. Called by the store's own schedule; public for tests.</summary>
    /// <returns>Segments deleted.</returns>
    int ApplyRetention();
}

/// <summary>What happened to a log behind the partition's back.</summary>
public interface ILogListener
{
    void OnFlushed(Offset flushed);

    /// <summary>No append since <see cref="IPartitionLog.FlushedOffset"/> may be acknowledged, and none will be taken.</summary>
    void OnFenced(string reason);

    void OnStartOffsetAdvanced(Offset startOffset);
}

/// <summary>What an append or a read can fail with.</summary>
public enum LogFault
{
    None,

    /// <summary>Less than <c>storage.min_free_bytes</c> is free.</summary>
    StorageFull,

    /// <summary>A flush failed, damage was found, or the log was deleted: see <see cref="IPartitionLog.FenceReason"/>.</summary>
    Fenced,

    /// <summary>Below <see cref="IPartitionLog.StartOffset"/> or above <see cref="IPartitionLog.EndOffset"/>.</summary>
    OffsetOutOfRange,

    /// <summary>The segment could not be opened because the process has as many files open as it may; another attempt may go better.</summary>
    TooManyOpenFiles,
}

/// <param name="StartsSegment">This batch is the first of a new segment: time for a producer snapshot of what was below it.</param>
public readonly record struct LogAppend(LogFault Fault, bool StartsSegment);

/// <param name="Records">Null on a fault or when there is nothing to read. The caller disposes it.</param>
/// <param name="ReadsFiles">Copying it may wait for a disk: do it off the connection's thread.</param>
/// <param name="NextOffset">The offset after the last record in <paramref name="Records"/>.</param>
public readonly record struct LogRead(LogFault Fault, IRecordsSource? Records, bool ReadsFiles, Offset NextOffset);

public readonly record struct TimestampedOffset(Offset Offset, long TimestampMs, LeaderEpoch LeaderEpoch);

public readonly record struct EpochEnd(LeaderEpoch Epoch, Offset EndOffset);

public readonly record struct AbortedTransaction(long ProducerId, Offset FirstOffset, Offset LastOffset, Offset LastStableOffset);

/// <summary>One producer in Kafka's snapshot file (version 1).</summary>
public readonly record struct ProducerSnapshotEntry(
    long ProducerId, short ProducerEpoch, int LastSequence, Offset LastOffset, int OffsetDelta, long TimestampMs, int CoordinatorEpoch, Offset CurrentTxnFirstOffset);

/// <param name="Offset">The snapshot covers what is below; 0 without one.</param>
/// <param name="Batches">Headers from <paramref name="Offset"/> on, read lazily.</param>
public sealed record RecoveredProducers(Offset Offset, IReadOnlyList<ProducerSnapshotEntry> Snapshot, IEnumerable<RecordBatchHeader> Batches);

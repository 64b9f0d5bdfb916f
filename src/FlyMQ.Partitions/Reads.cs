using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions;

/// <param name="AtLeastOneBatch">The first batch is returned whole even above <paramref name="MaxBytes"/> (KIP-74).</param>
/// <param name="CurrentLeaderEpoch">What the client believes (KIP-320); None is not checked.</param>
/// <param name="LastFetchedEpoch">Of the last record the client has (KIP-595); None is not checked.</param>
public readonly record struct PartitionReadRequest(
    Offset Offset, int MaxBytes, bool AtLeastOneBatch, bool ReadCommitted, LeaderEpoch CurrentLeaderEpoch, LeaderEpoch LastFetchedEpoch);

/// <param name="Records">Null when there is nothing to read. The caller disposes it.</param>
/// <param name="Diverging">Set when the client's log and this one part (KIP-595).</param>
/// <param name="ReadsFiles">Copying the records may wait for a disk.</param>
/// <param name="NextOffset">The offset after the last record in <paramref name="Records"/>; −1 without any.</param>
public readonly record struct PartitionRead(
    ErrorCode Error, Offset HighWatermark, Offset LastStableOffset, Offset LogStartOffset, IRecordsSource? Records, EpochEnd? Diverging,
    IReadOnlyList<AbortedTransaction> Aborted, bool ReadsFiles, Offset NextOffset);

/// <param name="Offset">−1 when no record answers the question.</param>
/// <param name="TimestampMs">−1 where the question was not about time.</param>
public readonly record struct OffsetLookup(ErrorCode Error, Offset Offset, long TimestampMs, LeaderEpoch LeaderEpoch);

public readonly record struct EpochEndOutcome(ErrorCode Error, LeaderEpoch Epoch, Offset EndOffset);

/// <param name="LowWatermark">The log's start afterwards; −1 on an error.</param>
public readonly record struct DeleteRecordsOutcome(ErrorCode Error, Offset LowWatermark);

/// <summary>An idempotent producer that has written (KIP-664).</summary>
public readonly record struct ActiveProducer(
    long ProducerId, short ProducerEpoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, Offset CurrentTransactionStartOffset);

/// <summary>Told that a partition has something new to say: the high watermark or the start moved, or leadership was lost.</summary>
public interface IPartitionWatcher
{
    /// <summary>Called outside the partition's lock, on whichever thread moved it. Must not block.</summary>
    void OnAdvanced(Partition partition);
}

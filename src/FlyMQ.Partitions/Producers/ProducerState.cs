using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Producers;

/// <summary>What a partition remembers of one idempotent producer (KIP-98, KIP-360). Touched by the partition's writer only.</summary>
internal sealed class ProducerState(long producerId)
{
    private BatchWindow _window;

    public long ProducerId { get; } = producerId;

    public short Epoch { get; private set; } = -1;

    public int LastSequence => _window.IsEmpty ? -1 : _window.Newest.LastSequence;

    /// <summary>By this broker's clock: clients choose the timestamps of records, and must not choose when they are forgotten.</summary>
    public long LastAppendMs { get; private set; }

    public int CoordinatorEpoch { get; private set; } = -1;

    public Offset CurrentTransactionFirstOffset { get; private set; } = new(-1);

    /// <summary>Towards those that were silent longer; the table's list.</summary>
    public ProducerState? Older { get; set; }

    public ProducerState? Newer { get; set; }

    public static ProducerState From(in ProducerSnapshotEntry entry)
    {
        var state = new ProducerState(entry.ProducerId)
        {
            Epoch = entry.ProducerEpoch,
            LastAppendMs = entry.TimestampMs,
            CoordinatorEpoch = entry.CoordinatorEpoch,
            CurrentTransactionFirstOffset = entry.CurrentTxnFirstOffset,
        };
        if (entry.LastSequence >= 0)
        {
            // A snapshot, as Kafka's, has the last batch only.
            var first = (int)(((long)entry.LastSequence - entry.OffsetDelta) & int.MaxValue);
            state._window.Add(new AppendedBatch(first, entry.LastSequence, entry.LastOffset, entry.OffsetDelta, entry.TimestampMs));
        }

        return state;
    }

    /// <summary>A client's batch. Duplicates are looked for first, as Kafka does; anything that fits neither is out of order.</summary>
    public ProducerVerdict Judge(in RecordBatchHeader batch) => batch switch
    {
        _ when batch.ProducerEpoch == Epoch && _window.TryFind(batch.BaseSequence, batch.LastSequence, out var original) => ProducerVerdict.Duplicate(original),
        _ when batch.ProducerEpoch < Epoch => StaleEpoch(batch),
        // A new epoch begins at 0 (KIP-360). So does an epoch of which only markers are known.
        _ when batch.ProducerEpoch > Epoch || _window.IsEmpty => batch.BaseSequence == 0 ? ProducerVerdict.Accept : OutOfOrder(batch, 0),
        _ when batch.BaseSequence == NextSequence => ProducerVerdict.Accept,
        _ => OutOfOrder(batch, NextSequence),
    };

    /// <summary>This broker's own batch: it may be a marker without sequences, but not of an epoch that was fenced.</summary>
    public ProducerVerdict JudgeOwn(in RecordBatchHeader batch) => batch.ProducerEpoch < Epoch ? StaleEpoch(batch) : ProducerVerdict.Accept;

    /// <summary>Remembers a batch that is in the log now. Judges nothing: recovery replays what was judged once.</summary>
    public void Apply(in RecordBatchHeader batch, Offset baseOffset, long nowMs)
    {
        if (batch.ProducerEpoch != Epoch)
        {
            Epoch = batch.ProducerEpoch;
            _window.Clear();
        }

        if (!batch.IsControl && batch.BaseSequence >= 0)
        {
            _window.Add(new AppendedBatch(batch.BaseSequence, batch.LastSequence, baseOffset + batch.LastOffsetDelta, batch.LastOffsetDelta, batch.MaxTimestamp));
        }

        LastAppendMs = nowMs;
    }

    public ProducerSnapshotEntry ToSnapshot() => _window.IsEmpty
        ? new ProducerSnapshotEntry(ProducerId, Epoch, -1, new Offset(-1), 0, LastAppendMs, CoordinatorEpoch, CurrentTransactionFirstOffset)
        : new ProducerSnapshotEntry(
            ProducerId,
            Epoch,
            _window.Newest.LastSequence,
            _window.Newest.LastOffset,
            _window.Newest.OffsetDelta,
            LastAppendMs,
            CoordinatorEpoch,
            CurrentTransactionFirstOffset);

    public ActiveProducer Describe() => new(ProducerId, Epoch, LastSequence, LastAppendMs, CoordinatorEpoch, CurrentTransactionFirstOffset);

    private int NextSequence => RecordBatchHeader.IncrementSequence(LastSequence, 1);

    private ProducerVerdict StaleEpoch(in RecordBatchHeader batch)
        => ProducerVerdict.Reject(ErrorCode.InvalidProducerEpoch, $"Producer {ProducerId} is at epoch {Epoch}; the batch is of epoch {batch.ProducerEpoch}.");

    private ProducerVerdict OutOfOrder(in RecordBatchHeader batch, int expected) => ProducerVerdict.Reject(
        ErrorCode.OutOfOrderSequenceNumber,
        $"Producer {ProducerId}, epoch {batch.ProducerEpoch}: sequence {batch.BaseSequence} came where {expected} was expected.");
}

using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Producers;

/// <summary>What is known of one idempotent producer: its epoch and its last five batches (KIP-98). Touched by the partition's writer only.</summary>
internal sealed class ProducerState(long producerId, short epoch)
{
    public const int Remembered = 5;

    private readonly AppendedBatch[] _batches = new AppendedBatch[Remembered];
    private int _count;
    private int _next;

    public long ProducerId => producerId;

    public short Epoch { get; private set; } = epoch;

    /// <summary>Ms since 1970, by this node's clock; after a restart the last batch's own.</summary>
    public long LastSeenMs { get; private set; }

    public AppendedBatch? Last => _count == 0 ? null : _batches[(_next + Remembered - 1) % Remembered];

    // KIP-98, KIP-360. A duplicate is answered only when the original would be: flushed and under the high watermark.
    public ProducerVerdict Judge(in RecordBatchHeader batch)
    {
        if (batch.ProducerEpoch < Epoch)
        {
            return ProducerVerdict.Reject(ErrorCode.InvalidProducerEpoch, $"Producer {producerId} wrote with epoch {batch.ProducerEpoch}, its current epoch is {Epoch}.");
        }

        if (batch.ProducerEpoch > Epoch)
        {
            return batch.BaseSequence == 0
                ? ProducerVerdict.Accept
                : ProducerVerdict.Reject(ErrorCode.OutOfOrderSequenceNumber, $"Producer {producerId} began epoch {batch.ProducerEpoch} with sequence {batch.BaseSequence} instead of 0.");
        }

        for (var i = 0; i < _count; i++)
        {
            if (_batches[i].FirstSequence == batch.BaseSequence && _batches[i].LastSequence == batch.LastSequence)
            {
                return new ProducerVerdict(ErrorCode.None, null, _batches[i]);
            }
        }

        if (Last is not { } last)
        {
            return ProducerVerdict.Accept;
        }

        var expected = RecordBatchHeader.IncrementSequence(last.LastSequence, 1);
        return batch.BaseSequence == expected
            ? ProducerVerdict.Accept
            : ProducerVerdict.Reject(ErrorCode.OutOfOrderSequenceNumber, $"Producer {producerId} wrote sequence {batch.BaseSequence}, expected {expected}.");
    }

    public void Apply(in RecordBatchHeader batch, Offset baseOffset, long seenMs)
    {
        if (batch.ProducerEpoch != Epoch)
        {
            Epoch = batch.ProducerEpoch;
            _count = 0;
            _next = 0;
        }

        Remember(new AppendedBatch(batch.BaseSequence, batch.LastSequence, baseOffset, baseOffset + batch.LastOffsetDelta, batch.MaxTimestamp));
        LastSeenMs = seenMs;
    }

    public static ProducerState Restore(in ProducerSnapshotEntry entry)
    {
        var state = new ProducerState(entry.ProducerId, entry.ProducerEpoch) { LastSeenMs = entry.TimestampMs };
        if (entry.LastSequence >= 0)
        {
            // Kafka's snapshot has only the last batch of a producer.
            var first = (int)(((long)entry.LastSequence - entry.OffsetDelta) & int.MaxValue);
            state.Remember(new AppendedBatch(first, entry.LastSequence, entry.LastOffset - entry.OffsetDelta, entry.LastOffset, entry.TimestampMs));
        }

        return state;
    }

    public ProducerSnapshotEntry Snapshot() => Last is { } last
        ? new ProducerSnapshotEntry(producerId, Epoch, last.LastSequence, last.LastOffset, (int)(last.LastOffset - last.BaseOffset), LastSeenMs, -1, new Offset(-1))
        : new ProducerSnapshotEntry(producerId, Epoch, -1, new Offset(-1), 0, LastSeenMs, -1, new Offset(-1));

    private void Remember(AppendedBatch batch)
    {
        _batches[_next] = batch;
        _next = (_next + 1) % Remembered;
        _count = Math.Min(_count + 1, Remembered);
    }
}

internal readonly record struct AppendedBatch(int FirstSequence, int LastSequence, Offset BaseOffset, Offset LastOffset, long TimestampMs);

/// <param name="Original">Set when the batch is a duplicate.</param>
internal readonly record struct ProducerVerdict(ErrorCode Error, string? Message, AppendedBatch? Original)
{
    public static readonly ProducerVerdict Accept = new(ErrorCode.None, null, null);

    public static ProducerVerdict Reject(ErrorCode error, string message) => new(error, message, null);
}

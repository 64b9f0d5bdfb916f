using FlyMQ.Records;
using FlyMQ.Storage.Journal;

namespace FlyMQ.Storage.Recovery;

/// <summary>Repeats what the journal tells over the logs that were found at start: what a log lacks is appended to its tail, and settled in pieces.</summary>
/// <param name="chunks">Where the tails' memory comes from.</param>
/// <param name="find">A log by its id; null when it was deleted since.</param>
/// <param name="queue">Tells that a log has something to settle.</param>
/// <param name="settle">Moves all of that into segments.</param>
/// <param name="checkpoint">Says on disk that everything up to a record is in segments; false when it could not.</param>
internal sealed class JournalReplay(
    ChunkPool chunks, Func<TopicIdPartition, PartitionLog?> find, Action<PartitionLog> queue, Action settle, Func<JournalRecord, bool> checkpoint) : IDisposable
{
    private const int PieceBytes = 16 << 20;

    private Chunk? _chunk;
    private int _position;
    private long _pendingBytes;

    /// <summary>Those of logs that are there.</summary>
    public long Records { get; private set; }

    /// <summary>Of batches that the segments lacked.</summary>
    public long Bytes { get; private set; }

    /// <param name="record">In the journal's order.</param>
    /// <param name="bytes">Its header and payload.</param>
    public void Apply(JournalRecord record, ReadOnlySpan<byte> bytes)
    {
        if (find(record.Id) is not { } log)
        {
            return;
        }

        Records++;
        if (log.IsDamaged)
        {
            log.Salvage(bytes[JournalRecord.HeaderSize..]);
            return;
        }

        switch (record.Kind)
        {
            case JournalRecordKind.Truncate:
                Truncate(log, record);
                break;
            case JournalRecordKind.StartOffset:
                log.RaiseStart(record.Offset);
                break;
            default:
                Append(log, bytes.Slice(JournalRecord.HeaderSize, record.PayloadLength));
                break;
        }
    }

    /// <summary>Gives back the memory that nobody's tail is in.</summary>
    public void Dispose() => _chunk?.Release();

    private void Truncate(PartitionLog log, JournalRecord record)
    {
        if (record.Offset < log.EndOffset)
        {
            settle();
            log.TruncateNow(record.Offset, () => checkpoint(record));
        }
    }

    private void Append(PartitionLog log, ReadOnlySpan<byte> batch)
    {
        RecordBatchHeader.TryRead(batch, out var header);
        if (header.BaseOffset < log.EndOffset)
        {
            return;
        }

        if (header.BaseOffset > log.EndOffset)
        {
            log.Damaged($"The journal has offset {header.BaseOffset}, but the segments in {log.Folder} end at {log.EndOffset}: the records between are missing. Nothing was deleted.");
            log.Salvage(batch);
            return;
        }

        if (_chunk is null || _chunk.Size - _position < batch.Length)
        {
            _chunk?.Release();
            _chunk = chunks.Rent(batch.Length);
            _position = 0;
        }

        batch.CopyTo(_chunk.Span(_position, batch.Length));
        _chunk.Retain();
        log.Replay(_chunk, _position, header);
        _position += batch.Length;
        queue(log);
        Bytes += batch.Length;
        _pendingBytes += batch.Length;
        if (_pendingBytes > PieceBytes)
        {
            _pendingBytes = 0;
            settle();
        }
    }
}

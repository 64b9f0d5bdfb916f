using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

/// <summary>A partition's log in memory, flushed, fenced and filled by the test's word.</summary>
internal sealed class MemoryLog : IPartitionLog
{
    private readonly List<(RecordBatchHeader Header, byte[] Bytes)> _batches = [];

    public TopicIdPartition Id { get; init; } = new(new Guid("11111111-2222-3333-4444-555555555555"), 3);
    public string Topic { get; init; } = "orders";
    public LogConfig Config { get; set; } = LogConfig.Default;
    public Offset StartOffset { get; set; }
    public Offset EndOffset { get; private set; }
    public Offset FlushedOffset { get; set; }
    public Offset TailStartOffset => StartOffset;
    public Offset HighWatermark { get; set; }
    public LeaderEpoch LatestEpoch => _batches.Count == 0 ? LeaderEpoch.None : _batches[^1].Header.LeaderEpoch;
    public long SizeInBytes => _batches.Sum(batch => (long)batch.Bytes.Length);
    public int SegmentCount => 0;

    public PartitionLogMetrics Metrics { get; } = new();

    public string? FenceReason { get; set; }
    public ILogListener? Listener { get; set; }

    /// <summary>The next append answers this.</summary>
    public LogFault Fault { get; set; }
    /// <summary>The next append says that it starts a segment.</summary>
    public bool StartsSegment { get; set; }
    public IOException? Failure { get; set; }
    public List<(Offset Offset, IReadOnlyList<ProducerSnapshotEntry> Producers)> Snapshots { get; } = [];
    public IReadOnlyList<RecordBatchHeader> Headers => [.. _batches.Select(batch => batch.Header)];
    public IReadOnlyList<byte[]> Batches => [.. _batches.Select(batch => batch.Bytes)];
    public List<AbortedTransaction> Aborted { get; } = [];
    public List<string> Calls { get; } = [];

    public void Flush() => Flush(EndOffset);

    public void Flush(Offset upTo)
    {
        FlushedOffset = upTo;
        Listener?.OnFlushed(upTo);
    }

    public void Fence(string reason)
    {
        FenceReason = reason;
        Listener?.OnFenced(reason);
    }

    /// <summary>The log as the next process finds it after a crash: what was flushed, and the snapshots there are.</summary>
    public MemoryLog Reopen()
    {
        var log = new MemoryLog { Id = Id, Topic = Topic, Config = Config, StartOffset = StartOffset, EndOffset = FlushedOffset, FlushedOffset = FlushedOffset, HighWatermark = HighWatermark };
        log._batches.AddRange(_batches.Where(batch => batch.Header.NextOffset <= FlushedOffset));
        log.Snapshots.AddRange(Snapshots.Where(snapshot => snapshot.Offset <= FlushedOffset));
        return log;
    }

    public LogAppend Append(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, Offset baseOffset, LeaderEpoch leaderEpoch)
    {
        if (Fault != LogFault.None)
        {
            return new LogAppend(Fault, false);
        }

        Assert.Equal(EndOffset, baseOffset);
        var bytes = batch.ToArray();
        RecordBatchHeader.Stamp(bytes, baseOffset, leaderEpoch);
        Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateFrame(new ReadOnlySequence<byte>(bytes), out var stored));
        Assert.Equal(header with { BaseOffset = baseOffset, LeaderEpoch = leaderEpoch }, stored);
        _batches.Add((stored, bytes));
        EndOffset = stored.NextOffset;
        var starts = StartsSegment;
        StartsSegment = false;
        return new LogAppend(LogFault.None, starts);
    }

    public void TakeProducerSnapshot(Offset offset, IReadOnlyList<ProducerSnapshotEntry> producers) => Snapshots.Add((offset, producers));

    public RecoveredProducers RecoverProducers()
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        var (offset, producers) = Snapshots.Where(snapshot => snapshot.Offset <= EndOffset).OrderBy(snapshot => snapshot.Offset.Value).LastOrDefault((Offset.Zero, []));
        return new RecoveredProducers(offset, producers, _batches.Where(batch => batch.Header.BaseOffset >= offset).Select(batch => batch.Header));
    }

    public async ValueTask AdvanceStartOffsetAsync(Offset startOffset)
    {
        Calls.Add($"AdvanceStartOffset {startOffset}");
        await Task.Yield();
        if (Failure is not null)
        {
            throw Failure;
        }

        Advance(startOffset);
    }

    /// <summary>As retention does.</summary>
    public void Advance(Offset startOffset)
    {
        if (startOffset > StartOffset)
        {
            StartOffset = startOffset;
            Listener?.OnStartOffsetAdvanced(startOffset);
        }
    }

    public ValueTask TruncateAsync(Offset offset) => throw new NotSupportedException();

    public LogRead Read(Offset from, Offset upTo, int maxBytes, bool atLeastOneBatch)
    {
        if (FenceReason is not null)
        {
            return new LogRead(LogFault.Fenced, null, false, from);
        }

        if (from < StartOffset || from > EndOffset)
        {
            return new LogRead(LogFault.OffsetOutOfRange, null, false, from);
        }

        var bytes = new List<byte>();
        var next = from;
        foreach (var (header, batch) in _batches.Where(batch => batch.Header.NextOffset > from && batch.Header.NextOffset <= upTo))
        {
            if (bytes.Count + batch.Length > maxBytes && !(atLeastOneBatch && bytes.Count == 0))
            {
                break;
            }

            bytes.AddRange(batch);
            next = header.NextOffset;
        }

        return new LogRead(LogFault.None, bytes.Count == 0 ? null : new Source([.. bytes]), false, next);
    }

    public TimestampedOffset? FindByTimestamp(long timestampMs, Offset upTo) => First(upTo, batch => batch.MaxTimestamp >= timestampMs);

    public TimestampedOffset? FindMaxTimestamp(Offset upTo)
        => _batches.Count == 0 ? null : First(upTo, batch => batch.MaxTimestamp == _batches.Where(b => b.Header.NextOffset <= upTo).Max(b => b.Header.MaxTimestamp));

    public BatchPlace? Locate(Offset offset, bool mayReadFiles) => throw new NotSupportedException();

    public double? RetentionHeadroomSeconds(Offset offset, BatchPlace place) => throw new NotSupportedException();

    public EpochEnd EndOfEpoch(LeaderEpoch epoch)
    {
        var known = _batches.Where(batch => batch.Header.LeaderEpoch <= epoch).ToList();
        return known.Count == 0 ? new EpochEnd(LeaderEpoch.None, new Offset(-1)) : new EpochEnd(known[^1].Header.LeaderEpoch, known[^1].Header.NextOffset);
    }

    public LeaderEpoch EpochAt(Offset offset)
        => _batches.Where(batch => batch.Header.NextOffset > offset).Select(batch => batch.Header.LeaderEpoch).FirstOrDefault(LeaderEpoch.None);

    public IReadOnlyList<AbortedTransaction> AbortedIn(Offset from, Offset upTo)
        => [.. Aborted.Where(aborted => aborted.LastOffset >= from && aborted.FirstOffset < upTo)];

    public int ApplyRetention() => 0;

    private TimestampedOffset? First(Offset upTo, Func<RecordBatchHeader, bool> wanted)
    {
        foreach (var (header, _) in _batches.Where(batch => batch.Header.NextOffset <= upTo && wanted(batch.Header)))
        {
            return new TimestampedOffset(header.BaseOffset, header.MaxTimestamp, header.LeaderEpoch);
        }

        return null;
    }

    internal sealed class Source(byte[] bytes) : IRecordsSource
    {
        public int Length => bytes.Length;

        public void CopyTo(IBufferWriter<byte> destination) => destination.Write(bytes);

        public void Dispose()
        {
        }
    }
}

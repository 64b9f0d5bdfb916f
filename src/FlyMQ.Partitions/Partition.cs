using System.Buffers;
using FlyMQ.Partitions.Leader;
using FlyMQ.Partitions.Producers;
using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Partitions;

/// <summary>
/// One replica of a partition on this node. Its writer is whoever holds its lock, for short work in memory: judge, stamp, copy into the journal's memory,
/// note down. Readers use the published <see cref="View"/> and take no lock. Safe to call from any thread.
/// </summary>
public sealed class Partition : ILogListener
{
    private readonly Lock _writer = new();
    private readonly SyncMode _sync;
    private readonly TimeProvider _time;
    private readonly PartitionEvents _events;
    private readonly ProducerStates _producers;
    private readonly PendingAcks _acks = new();
    private IPartitionWatcher[] _watchers = [];
    private ReadView _view;
    private bool _producersRecovered;
    private bool _closed;

    public Partition(IPartitionLog log, SyncMode sync, PartitionRules rules, ProducerOptions producers, TimeProvider time, ILogger logger)
    {
        Log = log;
        Rules = rules;
        _sync = sync;
        _time = time;
        _events = new PartitionEvents(logger);
        _producers = new ProducerStates(producers);
        _view = new ReadView(IsLeader: false, LeaderEpoch.None, log.StartOffset, Committed(), Committed(), log.EndOffset);
        log.HighWatermark = _view.HighWatermark;
        log.Listener = this;
    }

    public TopicIdPartition Id => Log.Id;

    public string Topic => Log.Topic;

    public IPartitionLog Log { get; }

    public PartitionRules Rules { get; set; }

    public ReadView View => Volatile.Read(ref _view);

    /// <summary>Takes the lead in an epoch, from the cluster's image. The first time, what is known of producers is read back.</summary>
    public void Lead(LeaderEpoch epoch)
    {
        if (!_producersRecovered)
        {
            // Nobody else writes yet, so the files can be read before the lock is taken.
            _producers.Recover(Log.RecoverProducers());
            _producersRecovered = true;
        }

        lock (_writer)
        {
            if (epoch > View.LeaderEpoch || !View.IsLeader)
            {
                Publish(isLeader: true, epoch);
            }
        }

        _events.Leads(Topic, Id.Partition, epoch.Value, View.EndOffset.Value);
    }

    /// <summary>Gives up the lead: who waits for an acknowledgement looks for the new leader.</summary>
    public void Resign(LeaderEpoch epoch)
    {
        List<PendingAck>? abandoned;
        lock (_writer)
        {
            Publish(isLeader: false, epoch);
            abandoned = _acks.TakeAll();
        }

        Complete(abandoned, ErrorCode.NotLeaderOrFollower);
        Notify();
    }

    /// <summary>Appends one v2 batch: judged, stamped with offset and epoch, and on its way to the disk; nothing is waited for.</summary>
    /// <param name="records">The batch as the client sent it; copied before this returns.</param>
    /// <param name="options">Acks, what the protocol version allows, and who writes.</param>
    public AppendOutcome Append(in ReadOnlySequence<byte> records, in AppendOptions options)
    {
        var rules = Rules;
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var verdict = AppendRules.Judge(records, options, rules, inSyncReplicas: 1, nowMs, out var header);
        if (verdict.Error != ErrorCode.None)
        {
            return Rejected(verdict.Error, verdict.Message, verdict.RecordErrors);
        }

        if (rules.TimestampType == TimestampType.CreateTime && (rules.Compression is null || rules.Compression == header.Compression))
        {
            return AppendStamped(records, header, options, nowMs, logAppendTimeMs: -1);
        }

        using var rewritten = new PooledBuffer(sizeHint: (int)records.Length + RecordBatchHeader.Size);
        long? appendTimeMs = rules.TimestampType == TimestampType.LogAppendTime ? nowMs : null;
        var fault = RecordBatchRewriter.TryRewrite(
            records, header, rules.Compression ?? header.Compression, rules.CompressionLevel, appendTimeMs, int.MaxValue, rewritten, out var newHeader);
        return fault == RecordBatchFault.None
            ? AppendStamped(new ReadOnlySequence<byte>(rewritten.WrittenMemory), newHeader, options, nowMs, appendTimeMs ?? -1)
            : Rejected(AppendRules.CodeOf(fault), fault.Describe(), null);
    }

    /// <summary>Completes with None when the high watermark has reached an offset. Cancelling abandons the wait, never the write.</summary>
    /// <returns>RequestTimedOut, NotLeaderOrFollower when the lead was lost, KafkaStorageError when the log was fenced.</returns>
    public ValueTask<ErrorCode> WaitForAsync(Offset required, int timeoutMs, CancellationToken abandoned)
    {
        if (View.HighWatermark >= required)
        {
            return ValueTask.FromResult(ErrorCode.None);
        }

        PendingAck ack;
        lock (_writer)
        {
            if (View.HighWatermark >= required)
            {
                return ValueTask.FromResult(ErrorCode.None);
            }

            if (Log.FenceReason is not null)
            {
                return ValueTask.FromResult(ErrorCode.KafkaStorageError);
            }

            if (!View.IsLeader)
            {
                return ValueTask.FromResult(ErrorCode.NotLeaderOrFollower);
            }

            ack = _acks.Add(required);
        }

        return AwaitAsync(ack, timeoutMs, abandoned);
    }

    /// <summary>Whole batches from an offset on, below the high watermark. May read files to find them unless the offset is in memory.</summary>
    public PartitionRead Read(in PartitionReadRequest request)
    {
        var view = View;
        if (CheckEpoch(view, request.CurrentLeaderEpoch) is var error and not ErrorCode.None)
        {
            return ReadFailed(error, view);
        }

        if (request.LastFetchedEpoch != LeaderEpoch.None)
        {
            var end = Log.EndOfEpoch(request.LastFetchedEpoch);
            if (end.Epoch < request.LastFetchedEpoch || end.EndOffset < request.Offset)
            {
                return new PartitionRead(ErrorCode.None, view.HighWatermark, view.LastStableOffset, view.LogStartOffset, null, end, [], ReadsFiles: false);
            }
        }

        var upTo = request.ReadCommitted ? view.LastStableOffset : view.HighWatermark;
        var read = Log.Read(request.Offset, upTo, request.MaxBytes, request.AtLeastOneBatch);
        return read.Fault switch
        {
            LogFault.None => new PartitionRead(
                ErrorCode.None, view.HighWatermark, view.LastStableOffset, view.LogStartOffset, read.Records, null,
                request.ReadCommitted ? Log.AbortedIn(request.Offset, read.NextOffset) : [], read.ReadsFiles),
            LogFault.OffsetOutOfRange => ReadFailed(ErrorCode.OffsetOutOfRange, view),
            _ => ReadFailed(ErrorCode.KafkaStorageError, view),
        };
    }

    public void Watch(IPartitionWatcher watcher)
    {
        while (true)
        {
            var watchers = Volatile.Read(ref _watchers);
            if (Interlocked.CompareExchange(ref _watchers, [.. watchers, watcher], watchers) == watchers)
            {
                return;
            }
        }
    }

    public void Unwatch(IPartitionWatcher watcher)
    {
        while (true)
        {
            var watchers = Volatile.Read(ref _watchers);
            var rest = Array.FindAll(watchers, w => !ReferenceEquals(w, watcher));
            if (Interlocked.CompareExchange(ref _watchers, rest, watchers) == watchers)
            {
                return;
            }
        }
    }

    /// <summary>
    /// An offset by time in ms, or by one of Kafka's marks: −1 latest, −2 earliest, −3 the record with the greatest timestamp (KIP-734), −4 earliest local
    /// (KIP-405), −5 latest tiered, −6 earliest pending upload. May read files.
    /// </summary>
    public OffsetLookup ListOffset(long timestamp, bool readCommitted, LeaderEpoch current)
    {
        var view = View;
        if (CheckEpoch(view, current) is var error and not ErrorCode.None)
        {
            return new OffsetLookup(error, new Offset(-1), -1, LeaderEpoch.None);
        }

        var upTo = readCommitted ? view.LastStableOffset : view.HighWatermark;
        return timestamp switch
        {
            -1 => new OffsetLookup(ErrorCode.None, upTo, -1, view.LeaderEpoch),
            -2 or -4 => new OffsetLookup(ErrorCode.None, view.LogStartOffset, -1, EpochOfStart(view)),
            -3 => Found(Log.FindMaxTimestamp(upTo)),
            // Nothing is ever tiered here.
            -5 or -6 => new OffsetLookup(ErrorCode.None, new Offset(-1), -1, LeaderEpoch.None),
            >= 0 => Found(Log.FindByTimestamp(timestamp, upTo)),
            _ => new OffsetLookup(ErrorCode.UnsupportedVersion, new Offset(-1), -1, LeaderEpoch.None),
        };
    }

    /// <summary>Where an epoch's records end here (KIP-320).</summary>
    public EpochEndOutcome EndOfEpoch(LeaderEpoch current, LeaderEpoch asked)
    {
        var view = View;
        if (CheckEpoch(view, current) is var error and not ErrorCode.None)
        {
            return new EpochEndOutcome(error, LeaderEpoch.None, new Offset(-1));
        }

        // The leader's own epoch ends where its log does, even before it has written.
        var end = asked == view.LeaderEpoch ? new EpochEnd(asked, Log.EndOffset) : Log.EndOfEpoch(asked);
        return new EpochEndOutcome(ErrorCode.None, end.Epoch, end.EndOffset);
    }

    /// <summary>Makes the log start at an offset (−1: at the high watermark). Durable when it completes.</summary>
    public async ValueTask<DeleteRecordsOutcome> DeleteRecordsAsync(Offset before)
    {
        var view = View;
        if (!view.IsLeader)
        {
            return new DeleteRecordsOutcome(ErrorCode.NotLeaderOrFollower, new Offset(-1));
        }

        if (!Rules.Delete)
        {
            return new DeleteRecordsOutcome(ErrorCode.PolicyViolation, new Offset(-1));
        }

        var offset = before.Value == -1 ? view.HighWatermark : before;
        if (offset > view.HighWatermark || offset < Offset.Zero)
        {
            return new DeleteRecordsOutcome(ErrorCode.OffsetOutOfRange, new Offset(-1));
        }

        try
        {
            await Log.AdvanceStartOffsetAsync(offset).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _events.DeleteRecordsFailed(e, Topic, Id.Partition);
            return new DeleteRecordsOutcome(ErrorCode.KafkaStorageError, new Offset(-1));
        }

        return new DeleteRecordsOutcome(ErrorCode.None, Log.StartOffset);
    }

    public IReadOnlyList<ActiveProducer> Producers()
    {
        lock (_writer)
        {
            return [.. _producers.All.Select(p => new ActiveProducer(p.ProducerId, p.Epoch, p.Last?.LastSequence ?? -1, p.LastSeenMs, -1, new Offset(-1)))];
        }
    }

    /// <summary>Ends the partition on this node: waiters fail, and what is known of producers is kept for the next start.</summary>
    public void Close()
    {
        List<PendingAck>? abandoned;
        lock (_writer)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            Publish(isLeader: false, View.LeaderEpoch);
            abandoned = _acks.TakeAll();
            if (_producersRecovered && Log.FenceReason is null)
            {
                Log.TakeProducerSnapshot(Log.EndOffset, _producers.Snapshot());
            }
        }

        Complete(abandoned, ErrorCode.NotLeaderOrFollower);
        Notify();
    }

    void ILogListener.OnFlushed(Offset flushed) => Advance();

    void ILogListener.OnStartOffsetAdvanced(Offset startOffset)
    {
        lock (_writer)
        {
            Publish(View.IsLeader, View.LeaderEpoch);
        }

        Notify();
    }

    void ILogListener.OnFenced(string reason)
    {
        List<PendingAck>? failed;
        lock (_writer)
        {
            failed = _acks.TakeAll();
        }

        Complete(failed, ErrorCode.KafkaStorageError);
        Notify();
    }

    private AppendOutcome AppendStamped(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, in AppendOptions options, long nowMs, long logAppendTimeMs)
    {
        AppendOutcome outcome;
        lock (_writer)
        {
            if (!View.IsLeader)
            {
                return Rejected(ErrorCode.NotLeaderOrFollower, null, null);
            }

            if (header.HasProducerId)
            {
                _producers.Expire(nowMs);
                var verdict = _producers.Judge(header);
                if (verdict.Error != ErrorCode.None)
                {
                    return Rejected(verdict.Error, verdict.Message, null);
                }

                if (verdict.Original is { } original)
                {
                    return new AppendOutcome(ErrorCode.None, null, original.BaseOffset, original.LastOffset + 1, logAppendTimeMs < 0 ? -1 : original.TimestampMs, View.LogStartOffset, null);
                }
            }

            var baseOffset = Log.EndOffset;
            var append = Log.Append(batch, header, baseOffset, View.LeaderEpoch);
            if (append.Fault != LogFault.None)
            {
                return Rejected(ErrorCode.KafkaStorageError, append.Fault == LogFault.StorageFull ? "The disk is full (storage.min_free_bytes)." : Log.FenceReason, null);
            }

            if (append.StartsSegment && baseOffset > Offset.Zero)
            {
                Log.TakeProducerSnapshot(baseOffset, _producers.Snapshot());
            }

            if (header.HasProducerId)
            {
                _producers.Apply(header, baseOffset, nowMs);
            }

            outcome = new AppendOutcome(ErrorCode.None, null, baseOffset, baseOffset + (header.LastOffsetDelta + 1L), logAppendTimeMs, View.LogStartOffset, null);
        }

        if (_sync != SyncMode.Commit)
        {
            Advance();
        }

        return outcome;
    }

    private static AppendOutcome Rejected(ErrorCode error, string? message, IReadOnlyList<RecordError>? records)
        => new(error, message, new Offset(-1), new Offset(-1), -1, new Offset(-1), records);

    // One replica: what counts is what this node has, on disk or, when the configuration says so, in the operating system's hands.
    private Offset Committed() => _sync == SyncMode.Commit ? Log.FlushedOffset : Log.EndOffset;

    private void Advance()
    {
        List<PendingAck>? reached;
        lock (_writer)
        {
            var committed = Committed();
            if (committed <= View.HighWatermark || Log.FenceReason is not null)
            {
                return;
            }

            Log.HighWatermark = committed;
            Publish(View.IsLeader, View.LeaderEpoch);
            reached = _acks.TakeReached(committed);
        }

        Complete(reached, ErrorCode.None);
        Notify();
    }

    private void Publish(bool isLeader, LeaderEpoch epoch)
    {
        var committed = Log.FenceReason is null ? Committed() : View.HighWatermark;
        var highWatermark = Offset.Max(committed, View.HighWatermark);
        Volatile.Write(ref _view, new ReadView(isLeader, epoch, Log.StartOffset, highWatermark, highWatermark, Log.EndOffset));
    }

    private static void Complete(List<PendingAck>? acks, ErrorCode error)
    {
        if (acks is null)
        {
            return;
        }

        foreach (var ack in acks)
        {
            ack.Complete(error);
        }
    }

    private void Notify()
    {
        foreach (var watcher in Volatile.Read(ref _watchers))
        {
            watcher.OnAdvanced(this);
        }
    }

    private async ValueTask<ErrorCode> AwaitAsync(PendingAck ack, int timeoutMs, CancellationToken abandoned)
    {
        try
        {
            return await ack.Task.WaitAsync(TimeSpan.FromMilliseconds(timeoutMs), _time, abandoned).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return ErrorCode.RequestTimedOut;
        }
        finally
        {
            if (!ack.Task.IsCompleted)
            {
                lock (_writer)
                {
                    _acks.Remove(ack);
                }
            }
        }
    }

    private static ErrorCode CheckEpoch(ReadView view, LeaderEpoch current) => view switch
    {
        { IsLeader: false } => ErrorCode.NotLeaderOrFollower,
        _ when current == LeaderEpoch.None => ErrorCode.None,
        _ when current < view.LeaderEpoch => ErrorCode.FencedLeaderEpoch,
        _ when current > view.LeaderEpoch => ErrorCode.UnknownLeaderEpoch,
        _ => ErrorCode.None,
    };

    private static PartitionRead ReadFailed(ErrorCode error, ReadView view)
        => new(error, view.HighWatermark, view.LastStableOffset, view.LogStartOffset, null, null, [], ReadsFiles: false);

    private LeaderEpoch EpochOfStart(ReadView view)
    {
        var epoch = Log.EpochAt(view.LogStartOffset);
        return epoch == LeaderEpoch.None ? view.LeaderEpoch : epoch;
    }

    private static OffsetLookup Found(TimestampedOffset? found) => found is { } record
        ? new OffsetLookup(ErrorCode.None, record.Offset, record.TimestampMs, record.LeaderEpoch)
        : new OffsetLookup(ErrorCode.None, new Offset(-1), -1, LeaderEpoch.None);
}

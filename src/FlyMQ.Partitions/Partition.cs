using System.Buffers;
using FlyMQ.Partitions.Leader;
using FlyMQ.Partitions.Producers;
using FlyMQ.Partitions.Reading;
using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Partitions;

/// <summary>
/// One partition of a topic on this node. Its writer is whoever holds its lock, for short work in memory: judge sequences, copy the batch
/// into the journal's chunk, keep the books, publish a <see cref="ReadView"/>. Nothing waits, reads a file or calls a stranger under it.
/// Readers use the published view and take no lock.
/// </summary>
/// <remarks>
/// Safe to call from any thread, but <see cref="Lead"/>, <see cref="Resign"/> and <see cref="Close"/>, which one follower of the image
/// calls in order.
/// </remarks>
public sealed class Partition : ILogListener
{
    private static readonly Offset NoOffset = new(-1);

    private readonly Lock _gate = new();
    private readonly SyncMode _sync;
    private readonly ProducerOptions _producerOptions;
    private readonly TimeProvider _time;
    private readonly PartitionEvents _events;
    private readonly PendingAcks _acks;
    private readonly LogReader _reader;
    private readonly Watchers _watchers = new();
    private volatile ReadView _view;
    private volatile PartitionRules _rules;
    private volatile ReplicaCounts _replicas = ReplicaCounts.Single;

    // Under the lock.
    private ProducerStates? _producers;
    private Offset _producersRecoveredUpTo = NoOffset;
    private Offset _flushed;
    private string? _fenceReason;
    private bool _closed;

    public Partition(IPartitionLog log, SyncMode sync, PartitionRules rules, ProducerOptions producers, TimeProvider time, ILogger logger)
    {
        Log = log;
        _sync = sync;
        _rules = rules;
        _producerOptions = producers;
        _time = time;
        _events = new PartitionEvents(logger, log.Topic, log.Id.Partition);
        _acks = new PendingAcks(_gate, time);
        _reader = new LogReader(log);
        _flushed = log.FlushedOffset;
        var highWatermark = Offset.Max(log.StartOffset, Offset.Min(log.HighWatermark, log.EndOffset));
        _view = new ReadView(IsLeader: false, LeaderEpoch.None, log.StartOffset, highWatermark, highWatermark, log.EndOffset);
        log.Listener = this;
        // After listening: what was fenced before says so here, what is fenced from now on calls.
        _fenceReason = log.FenceReason;
    }

    public TopicIdPartition Id => Log.Id;

    public string Topic => Log.Topic;

    public IPartitionLog Log { get; }

    /// <summary>Where what clients write here is counted, together with the topic's other partitions.</summary>
    public TopicTraffic Traffic { get; init; } = new(Guid.Empty);

    /// <summary>Where it is counted what its producers send twice or out of order; all partitions of the node have one.</summary>
    public ProducerFigures ProducerFigures { get; init; } = new();

    /// <summary>How many idempotent producers are remembered; 0 when this node does not lead. The lock is taken only where there are some.</summary>
    public int ActiveProducers
    {
        get
        {
            if (Volatile.Read(ref _producers) is not { Count: > 0 })
            {
                return 0;
            }

            lock (_gate)
            {
                _producers?.Expire(NowMs());
                return _producers?.Count ?? 0;
            }
        }
    }

    /// <summary>Holds for the batches that come after it was set.</summary>
    public PartitionRules Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>What <c>min.insync.replicas</c> is compared with; from the image.</summary>
    public ReplicaCounts Replicas
    {
        get => _replicas;
        set => _replicas = value;
    }

    public ReadView View => _view;

    /// <summary>
    /// Begins to lead, or goes on under a newer epoch (waiters stay). The first time, what the log knows of producers is read back: may read files.
    /// An older epoch is ignored.
    /// </summary>
    public void Lead(LeaderEpoch epoch)
    {
        ProducerStates? recovered = null;
        var recoveredUpTo = NoOffset;
        if (_producers is null)
        {
            (recovered, recoveredUpTo) = RecoverProducers();
        }

        int producers;
        lock (_gate)
        {
            if (_closed || (_view.IsLeader ? epoch <= _view.LeaderEpoch : epoch < _view.LeaderEpoch))
            {
                return;
            }

            if (_producers is null)
            {
                _producers = recovered;
                _producersRecoveredUpTo = recoveredUpTo;
            }

            _flushed = Offset.Max(_flushed, Log.FlushedOffset);
            producers = _producers!.Count;
            Publish(isLeader: true, epoch);
        }

        _events.Leads(_view, producers);
        _watchers.Notify(this);
    }

    /// <summary>Ends leading: waiters fail with NOT_LEADER_OR_FOLLOWER. What is known of producers is read anew when it leads again.</summary>
    public void Resign(LeaderEpoch epoch)
    {
        lock (_gate)
        {
            if (epoch < _view.LeaderEpoch)
            {
                return;
            }

            // Taken now, for the next start may come before the next lead.
            KeepProducers();
            _producers = null;
            Publish(isLeader: false, epoch);
            _acks.FailAll(ErrorCode.NotLeaderOrFollower);
        }

        _events.Resigned(epoch);
        _watchers.Notify(this);
    }

    /// <summary>
    /// Takes one batch v2 into the log, in memory: never waits. For acks=all the outcome's <see cref="AppendOutcome.Required"/> is
    /// then waited for with <see cref="WaitForAsync"/>.
    /// </summary>
    /// <param name="records">What the client sent; its bytes are not kept.</param>
    public AppendOutcome Append(in ReadOnlySequence<byte> records, in AppendOptions options)
    {
        if (!_view.IsLeader)
        {
            return NotLeader();
        }

        var rules = _rules;
        var nowMs = NowMs();
        // Append times are taken before the lock, so that two batches that race may have them a moment out of order; a checksum under the
        // lock would cost every producer of the partition more than that is worth.
        using var verdict = AppendRules.Judge(records, rules, options, _replicas, Log.Config.SegmentBytes, nowMs);
        if (verdict.Error != ErrorCode.None)
        {
            return Refused(verdict.Error, verdict.Message, verdict.RecordErrors);
        }

        AppendOutcome outcome;
        bool advanced;
        lock (_gate)
        {
            var before = _view.HighWatermark;
            outcome = AppendJudged(verdict, options.Origin, rules.TimestampType == TimestampType.LogAppendTime ? nowMs : -1, nowMs);
            advanced = _view.HighWatermark > before;
        }

        if (advanced)
        {
            _watchers.Notify(this);
        }

        return outcome;
    }

    /// <summary>
    /// None once the high watermark has passed <paramref name="required"/>, at once when it has already. REQUEST_TIMED_OUT after the
    /// timeout, NOT_LEADER_OR_FOLLOWER when leadership ends, KAFKA_STORAGE_ERROR when the log takes no more records.
    /// </summary>
    /// <param name="abandoned">Ends the wait with an <see cref="OperationCanceledException"/>; the records stay.</param>
    public ValueTask<ErrorCode> WaitForAsync(Offset required, int timeoutMs, CancellationToken abandoned)
    {
        if (_view.HighWatermark >= required)
        {
            return new ValueTask<ErrorCode>(ErrorCode.None);
        }

        lock (_gate)
        {
            if (_view.HighWatermark >= required)
            {
                return new ValueTask<ErrorCode>(ErrorCode.None);
            }

            if (!_view.IsLeader)
            {
                return new ValueTask<ErrorCode>(ErrorCode.NotLeaderOrFollower);
            }

            if (_fenceReason is not null)
            {
                return new ValueTask<ErrorCode>(ErrorCode.KafkaStorageError);
            }

            return timeoutMs > 0
                ? new ValueTask<ErrorCode>(_acks.Add(required, timeoutMs, abandoned).Task)
                : new ValueTask<ErrorCode>(ErrorCode.RequestTimedOut);
        }
    }

    /// <summary>Whole batches from the one that holds the offset, up to the high watermark or the last stable offset.</summary>
    public PartitionRead Read(in PartitionReadRequest request) => _reader.Read(_view, request);

    /// <summary>Calls the watcher from now on; look at <see cref="View"/> after, not before.</summary>
    public void Watch(IPartitionWatcher watcher) => _watchers.Add(watcher);

    public void Unwatch(IPartitionWatcher watcher) => _watchers.Remove(watcher);

    /// <summary>
    /// Finds an offset by time (ms since 1970), or by one of ListOffsets' special times: −1 latest, −2 earliest, −3 of the largest timestamp,
    /// −4 earliest local, −5 latest tiered, −6 earliest pending upload. By time and −3 may read files: call it on the pool.
    /// </summary>
    /// <exception cref="IOException">A file could not be read.</exception>
    public OffsetLookup ListOffset(long timestamp, bool readCommitted, LeaderEpoch current)
        => _reader.ListOffset(_view, timestamp, readCommitted, current);

    /// <summary>Where an epoch ended (KIP-101, KIP-279, KIP-320).</summary>
    public EpochEndOutcome EndOfEpoch(LeaderEpoch current, LeaderEpoch asked) => _reader.EndOfEpoch(_view, current, asked);

    /// <summary>Moves the log's start forward, durably (KIP-107).</summary>
    /// <param name="before">The first offset to keep; −1 for the high watermark. OFFSET_OUT_OF_RANGE above it.</param>
    public async ValueTask<DeleteRecordsOutcome> DeleteRecordsAsync(Offset before)
    {
        Offset start;
        try
        {
            ValueTask advance;
            lock (_gate)
            {
                start = before.Value == -1 ? _view.HighWatermark : before;
                var refusal = RefuseDeletion(start);
                if (refusal != ErrorCode.None)
                {
                    return new DeleteRecordsOutcome(refusal, NoOffset);
                }

                // Begun by the writer, finished without the lock: the log orders it before the appends that come now.
                advance = Log.AdvanceStartOffsetAsync(start);
            }

            await advance.ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _events.DeleteRecordsFailed(e);
            return new DeleteRecordsOutcome(ErrorCode.KafkaStorageError, NoOffset);
        }

        Refresh();
        return new DeleteRecordsOutcome(ErrorCode.None, _view.LogStartOffset);
    }

    /// <summary>The idempotent producers that are remembered (KIP-664); none when this node does not lead.</summary>
    public IReadOnlyList<ActiveProducer> Producers()
    {
        lock (_gate)
        {
            _producers?.Expire(NowMs());
            return _producers?.Describe() ?? [];
        }
    }

    /// <summary>
    /// Ends it: waiters fail with NOT_LEADER_OR_FOLLOWER, appends are refused, and what is known of producers is kept, so that the next
    /// start need not look for it in the log.
    /// </summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            KeepProducers();
            Publish(isLeader: false, _view.LeaderEpoch);
            _acks.FailAll(ErrorCode.NotLeaderOrFollower);
            _acks.Dispose();
        }

        _watchers.Notify(this);
    }

    void ILogListener.OnFlushed(Offset flushed)
    {
        bool advanced;
        lock (_gate)
        {
            _flushed = Offset.Max(_flushed, flushed);
            advanced = PublishChange();
        }

        if (advanced)
        {
            _watchers.Notify(this);
        }
    }

    void ILogListener.OnFenced(string reason) => OnFenced(reason);

    void ILogListener.OnStartOffsetAdvanced(Offset startOffset) => Refresh();

    private void OnFenced(string reason)
    {
        int waiters;
        lock (_gate)
        {
            _fenceReason ??= reason;
            if (_closed)
            {
                // A log that ends after its partition has nobody left to tell, and a deleted topic's does.
                return;
            }

            waiters = _acks.Count;
            _acks.FailAll(ErrorCode.KafkaStorageError);
        }

        _events.Fenced(reason, waiters);
        _watchers.Notify(this);
    }

    /// <summary>Outside the lock: may read files. Nobody appends meanwhile, for nobody leads.</summary>
    private (ProducerStates Producers, Offset UpTo) RecoverProducers()
    {
        // Nothing will be appended to a fenced log, so nothing can be a duplicate.
        if (Log.FenceReason is not null)
        {
            return (new ProducerStates(_producerOptions), NoOffset);
        }

        try
        {
            var known = Log.RecoverProducers();
            return (ProducerStates.Recover(_producerOptions, known, NowMs()), known.Offset);
        }
        catch (IOException e)
        {
            // Without it duplicates would be appended as new records: better to take none, and to say so.
            _events.RecoveryFailed(e);
            OnFenced("what is known of its producers cannot be read");
            return (new ProducerStates(_producerOptions), NoOffset);
        }
    }

    /// <summary>Under the lock: a snapshot at the log's end, so that the next start need not look for producers in the log.</summary>
    private void KeepProducers()
    {
        if (_producers is not null && _fenceReason is null && _producersRecoveredUpTo < Log.EndOffset)
        {
            _producers.Expire(NowMs());
            Log.TakeProducerSnapshot(Log.EndOffset, _producers.Snapshot());
            _producersRecoveredUpTo = Log.EndOffset;
        }
    }

    /// <summary>Under the lock.</summary>
    private AppendOutcome AppendJudged(in AppendVerdict verdict, AppendOrigin origin, long appendTimeMs, long nowMs)
    {
        if (!_view.IsLeader || _producers is not { } producers)
        {
            return NotLeader();
        }

        if (_fenceReason is { } reason)
        {
            return Refused(ErrorCode.KafkaStorageError, $"The broker's log of this partition takes no records: {reason}.");
        }

        var header = verdict.Header;
        var judged = producers.Judge(header, origin, nowMs);
        if (judged.Error != ErrorCode.None)
        {
            if (origin == AppendOrigin.Client)
            {
                ProducerFigures.Rejected(judged.Error);
            }

            return Refused(judged.Error, judged.Message);
        }

        if (judged.Original is { } original)
        {
            ProducerFigures.Duplicate();
            return new AppendOutcome(ErrorCode.None, null, original.FirstOffset, original.NextOffset, appendTimeMs < 0 ? -1 : original.TimestampMs, _view.LogStartOffset, null);
        }

        var baseOffset = Log.EndOffset;
        var append = Log.Append(verdict.Batch, header, baseOffset, _view.LeaderEpoch);
        if (append.Fault != LogFault.None)
        {
            return Refused(append.Fault.ToErrorCode(), append.Fault.Describe(Log));
        }

        if (append.StartsSegment && baseOffset > Offset.Zero)
        {
            Log.TakeProducerSnapshot(baseOffset, producers.Snapshot());
        }

        producers.Apply(header, baseOffset, nowMs);
        PublishChange();
        if (origin == AppendOrigin.Client)
        {
            Traffic.Produced(header.RecordCount, header.SizeInBytes);
        }

        return new AppendOutcome(ErrorCode.None, null, baseOffset, baseOffset + header.RecordCount, appendTimeMs, _view.LogStartOffset, null);
    }

    /// <summary>Under the lock.</summary>
    private ErrorCode RefuseDeletion(Offset start) => start switch
    {
        _ when !_view.IsLeader => ErrorCode.NotLeaderOrFollower,
        _ when _fenceReason is not null => ErrorCode.KafkaStorageError,
        // What only compaction may remove, nobody deletes by hand.
        _ when !_rules.Delete => ErrorCode.PolicyViolation,
        _ when start < Offset.Zero || start > _view.HighWatermark => ErrorCode.OffsetOutOfRange,
        _ => ErrorCode.None,
    };

    private void Refresh()
    {
        bool advanced;
        lock (_gate)
        {
            advanced = PublishChange();
        }

        if (advanced)
        {
            _watchers.Notify(this);
        }
    }

    /// <summary>Under the lock. True when watchers want to know.</summary>
    private bool PublishChange()
    {
        var before = _view;
        Publish(before.IsLeader, before.LeaderEpoch);
        return _view.HighWatermark > before.HighWatermark || _view.LogStartOffset > before.LogStartOffset;
    }

    /// <summary>Under the lock: a new view of the log as it is, and the waiters it satisfies.</summary>
    private void Publish(bool isLeader, LeaderEpoch epoch)
    {
        var start = Log.StartOffset;
        var end = Log.EndOffset;
        var highWatermark = Offset.Max(_view.HighWatermark, start);
        if (isLeader && _fenceReason is null)
        {
            // The only in-sync replica: what is safe here is safe. Under commit that is what was flushed, and nothing else.
            highWatermark = Offset.Max(highWatermark, _sync == SyncMode.Commit ? Offset.Min(_flushed, end) : end);
        }

        if (highWatermark != _view.HighWatermark)
        {
            Log.HighWatermark = highWatermark;
        }

        _view = new ReadView(isLeader, epoch, start, highWatermark, highWatermark, end);
        _acks.CompleteUpTo(highWatermark);
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private AppendOutcome NotLeader() => Refused(ErrorCode.NotLeaderOrFollower, "This broker does not lead the partition.");

    private AppendOutcome Refused(ErrorCode error, string? message, IReadOnlyList<RecordError>? recordErrors = null)
    {
        var view = _view;
        return new AppendOutcome(error, message, NoOffset, NoOffset, -1, view.IsLeader ? view.LogStartOffset : NoOffset, recordErrors);
    }
}

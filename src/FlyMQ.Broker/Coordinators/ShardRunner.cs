using System.Buffers;
using System.Threading.Channels;
using FlyMQ.Coordination;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Wire;
using FlyMQ.Records;

namespace FlyMQ.Broker.Coordinators;

/// <summary>One thing asked of a shard.</summary>
/// <param name="GroupId">Whose deadlines may have changed; null for none or many.</param>
/// <param name="Decide">Runs on the shard's owner.</param>
/// <param name="Fail">Called instead when it could not be decided or appended.</param>
internal readonly record struct ShardWork(string? GroupId, Action<GroupShard, Effects, long> Decide, Action<ErrorCode> Fail);

/// <summary>
/// Owns the groups of one partition of <c>__consumer_offsets</c> while this node leads it: loads them from the log, decides one request at a time, appends what was
/// decided, applies it at append, and answers when it is committed. A failed append unloads and loads again, for then memory is ahead of the log.
/// </summary>
internal sealed class ShardRunner : IAsyncDisposable
{
    private const int QueueLength = 10_000, LoadBytes = 4 << 20;
    private static readonly TimeSpan RetryLoadAfter = TimeSpan.FromSeconds(1);

    private readonly Partition _partition;
    private readonly GroupOptions _options;
    private readonly TimeSpan _commitTimeout;
    private readonly GroupMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CoordinatorEvents _events;
    private readonly Channel<ShardWork> _queue = Channel.CreateBounded<ShardWork>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private GroupShard _shard;
    private Offset _required = Offset.Zero;
    private long _armedForMs = long.MaxValue;
    private volatile bool _loaded;
    private Task _running = Task.CompletedTask;
    private List<string> _unloaded = [];

    public ShardRunner(Partition partition, GroupOptions options, TimeSpan commitTimeout, GroupMetrics metrics, TimeProvider time, CoordinatorEvents events)
    {
        _partition = partition;
        _options = options;
        _commitTimeout = commitTimeout;
        _metrics = metrics;
        _time = time;
        _events = events;
        _shard = NewShard();
        _timer = time.CreateTimer(static state => ((ShardRunner)state!).PostTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsLoaded => _loaded;

    private int Index => _partition.Id.Partition;

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask PostAsync(ShardWork work, CancellationToken cancellation)
    {
        if (!_loaded)
        {
            work.Fail(ErrorCode.CoordinatorLoadInProgress);
            return;
        }

        try
        {
            await _queue.Writer.WriteAsync(work, cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            work.Fail(ErrorCode.NotCoordinator);
        }
    }

    /// <summary>The node no longer leads the partition, or ends: who waits is told to look for the coordinator again.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        await LoadAsync().ConfigureAwait(false);
        await foreach (var work in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (_stopping.IsCancellationRequested)
            {
                work.Fail(ErrorCode.NotCoordinator);
                continue;
            }

            if (!Handle(work))
            {
                await LoadAsync().ConfigureAwait(false);
            }
        }

        AbandonAll(ErrorCode.NotCoordinator, _metrics.Forgotten);
        _unloaded.ForEach(_metrics.Forgotten);
    }

    private GroupShard NewShard() => new(_options, Guid.NewGuid, _metrics.Measured.Of);

    private bool Handle(in ShardWork work)
    {
        var nowMs = NowMs();
        var effects = new Effects();
        work.Decide(_shard, effects, nowMs);
        if (effects.Records.Count > 0 && Append(effects.Records) is var error and not ErrorCode.None)
        {
            _events.AppendFailed(Index, error);
            // Answers tell what was decided, which is not so: everybody concerned hears of the failure.
            foreach (var answer in effects.Answers)
            {
                answer.Fail(AnswerTo(error));
            }

            work.Fail(AnswerTo(error));
            _unloaded = [.. _shard.GroupIds];
            AbandonAll(ErrorCode.NotCoordinator, _metrics.Unloaded);
            return false;
        }

        // By index: applying may add answers, and what follows from them no records.
        for (var i = 0; i < effects.Records.Count; i++)
        {
            _shard.Apply(effects.Records[i], nowMs, effects);
            if (effects.Records[i] is GroupRecord changed)
            {
                if (changed.Value is null)
                {
                    _metrics.Forgotten(changed.Group);
                }
                else
                {
                    _metrics.Changed(_shard, changed.Group);
                }
            }
            else if (effects.Records[i] is OffsetRecord { Value: not null } committed)
            {
                _metrics.Seen(committed.Group);
            }
        }

        Give(effects.Answers);
        if (work.GroupId is not null)
        {
            Arm(_shard.NextDeadlineOf(work.GroupId), nowMs);
        }

        return true;
    }

    private ErrorCode Append(List<CoordinatorRecord> records)
    {
        var nowMs = NowMs();
        using var builder = new RecordBatchBuilder();
        foreach (var record in records)
        {
            var (key, value) = record.Encode();
            builder.Append(nowMs, key, value);
        }

        var outcome = _partition.Append(new ReadOnlySequence<byte>(builder.Build()), new AppendOptions(-1, Origin: AppendOrigin.Coordinator));
        if (outcome.Error == ErrorCode.None)
        {
            _required = outcome.Required;
        }

        return outcome.Error;
    }

    // Also an answer without records may tell of something that is not committed yet.
    private void Give(List<Answer> answers)
    {
        if (answers.Count == 0)
        {
            return;
        }

        var committed = _partition.WaitForAsync(_required, (int)_commitTimeout.TotalMilliseconds, CancellationToken.None);
        if (committed.IsCompletedSuccessfully)
        {
            GiveAll(answers, committed.Result);
        }
        else
        {
            _ = GiveLaterAsync(committed, answers);
        }
    }

    private static async Task GiveLaterAsync(ValueTask<ErrorCode> committed, List<Answer> answers) => GiveAll(answers, await committed.ConfigureAwait(false));

    private static void GiveAll(List<Answer> answers, ErrorCode error)
    {
        foreach (var answer in answers)
        {
            if (error == ErrorCode.None)
            {
                answer.Give();
            }
            else
            {
                answer.Fail(AnswerTo(error));
            }
        }
    }

    // What Kafka's clients of a coordinator understand and retry.
    private static ErrorCode AnswerTo(ErrorCode error) => error switch
    {
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicas => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => ErrorCode.UnknownServerError,
        _ => error,
    };

    private void AbandonAll(ErrorCode error, Action<string> tell)
    {
        foreach (var group in _shard.GroupIds)
        {
            tell(group);
        }

        var effects = new Effects();
        _shard.Abandon(error, effects);
        foreach (var answer in effects.Answers)
        {
            answer.Give();
        }
    }

    private async Task LoadAsync()
    {
        _loaded = false;
        while (!_stopping.IsCancellationRequested)
        {
            var began = _time.GetTimestamp();
            try
            {
                _shard = NewShard();
                var records = Load();
                if (records is not null)
                {
                    foreach (var group in _shard.GroupIds)
                    {
                        _metrics.Changed(_shard, group);
                    }

                    // Those that were in memory alone.
                    _unloaded.Except(_shard.GroupIds).ToList().ForEach(_metrics.Forgotten);
                    _unloaded = [];
                    _loaded = true;
                    _events.Loaded(Index, _shard.GroupCount, records.Value, (long)_time.GetElapsedTime(began).TotalMilliseconds);
                    PostTick();
                    return;
                }
            }
            catch (Exception e) when (e is IOException or CorruptRecordException)
            {
                _events.LoadFailed(e, Index);
            }

            await Task.Delay(RetryLoadAfter, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Null when it cannot be read now.</returns>
    private long? Load()
    {
        var nowMs = NowMs();
        var records = 0L;
        var end = _partition.Log.EndOffset;
        var next = _partition.View.LogStartOffset;
        _required = end;
        while (next < end)
        {
            // The whole log, what is not committed included: it was applied before, or will be told apart by nobody.
            var read = _partition.Log.Read(next, end, LoadBytes, atLeastOneBatch: true);
            if (read.Records is null)
            {
                return null;
            }

            using (read.Records)
            {
                var bytes = new ArrayBufferWriter<byte>(read.Records.Length);
                read.Records.CopyTo(bytes);
                foreach (var batch in new RecordBatchReader(bytes.WrittenMemory))
                {
                    RecordBatchHeader.TryRead(batch.Span, out var header);
                    records += Apply(batch, header, nowMs);
                }
            }

            next = read.NextOffset;
        }

        return records;
    }

    private long Apply(ReadOnlyMemory<byte> batch, in RecordBatchHeader header, long nowMs)
    {
        var records = 0L;
        using var opened = OpenedBatch.Open(batch, header, int.MaxValue);
        foreach (var record in opened.Records)
        {
            records++;
            try
            {
                var value = record.IsValueNull ? (ReadOnlyMemory<byte>?)null : record.Value.ToArray();
                if (CoordinatorRecord.Decode(record.Key.ToArray(), value) is { } decoded)
                {
                    _shard.Apply(decoded, nowMs);
                }
            }
            catch (MalformedMessageException e)
            {
                _events.RecordSkipped(Index, record.Offset.Value, e.Message);
            }
        }

        return records;
    }

    private void PostTick() => _queue.Writer.TryWrite(new ShardWork(null, Tick, static _ => { }));

    private void Tick(GroupShard shard, Effects effects, long nowMs)
    {
        _armedForMs = long.MaxValue;
        Arm(shard.Tick(effects, nowMs), nowMs);
    }

    private void Arm(long deadlineMs, long nowMs)
    {
        if (deadlineMs < _armedForMs)
        {
            _armedForMs = deadlineMs;
            _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(deadlineMs - nowMs, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
        }
    }

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}

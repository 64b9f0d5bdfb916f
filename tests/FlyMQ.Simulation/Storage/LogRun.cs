using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Simulation.Disk;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Simulation.Storage;

/// <summary>
/// A store over a simulated disk does what chance says; kills, power losses, failing flushes and a full disk come in between, also while it recovers.
/// After each of them it must hold what the model holds: nothing acknowledged lost, nothing there that was never appended, offsets dense.
/// </summary>
internal sealed class LogRun
{
    private const short ControlBatch = 0x20;
    private static readonly string[] Topics = ["orders", "payments", "clicks"];

    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
    private readonly LogStoreOptions _options;
    private readonly Dictionary<TopicIdPartition, LogModel> _models = [];
    private readonly List<string> _story = [];
    private LogStore? _store;
    private int _lastTopicId;
    private byte _fill;

    public LogRun(int seed, SyncMode sync = SyncMode.Commit, bool flushesReachTheDisk = true)
    {
        _random = new Random(seed);
        _disk = new SimulatedDisk(_random) { FlushesReachTheDisk = flushesReachTheDisk };
        _options = new LogStoreOptions
        {
            DataDir = "/data",
            Threads = false,
            MinFreeBytes = 0,
            Sync = sync,
            ChunkBytes = 4096 << _random.Next(4),
            JournalFileBytes = 8192 << _random.Next(5),
            JournalBytes = 65536 << _random.Next(3),
            TailMemoryBytes = 1 << 20,
            OpenLogFiles = 1 + _random.Next(6),
        };
    }

    public IReadOnlyList<string> Story => _story;

    public int Acknowledged { get; private set; }

    public int PowerLosses { get; private set; }

    public void Go(int steps)
    {
        Restart();
        for (var step = 0; step < steps; step++)
        {
            if (_random.Next(40) == 0)
            {
                _disk.LosePowerAfter(_random.Next(60));
                Tell("The power will go.");
            }

            Try(Step);
            CheckHandles();
            if (_store is { Failure: { } failure } && _random.Next(5) == 0)
            {
                var byHandles = _disk.WasOutOfHandles && failure.Contains("truncation", StringComparison.Ordinal);
                Assert.True(_disk.HasFailedFlush || _disk.WasFull || byHandles, $"The store failed by itself: {failure}");
                Kill();
            }
        }

        Kill();
        Try(CloseCleanly);
        Tell("End.");
    }

    private void CheckHandles()
    {
        // One more where the only one is in use.
        Assert.InRange(_disk.MostOpenLogs, 0, _options.OpenLogFiles + 1);
        Assert.DoesNotContain(_disk.OpenPaths, path => path.EndsWith("index", StringComparison.Ordinal));
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (PowerLossException)
        {
            LosePower();
        }
        catch (IOException e) when (_disk.HasFailedFlush || RanOut)
        {
            // What was under way is done or not; the store says itself whether it goes on.
            Tell($"{e.Message}");
        }
    }

    private void Step()
    {
        switch (_random.Next(103))
        {
            case < 30:
                Append();
                break;
            case < 48:
                Tell("Flush.");
                _store!.FlushOnce();
                break;
            case < 58:
                Tell("Settle.");
                _store!.SettleOnce();
                _store.PrepareJournalOnce();
                _store.CountRecordsOnce(_random.Next(1, 4));
                break;
            case < 63:
                Tell("Checkpoint.");
                _store!.CheckpointOnce();
                break;
            case < 67:
                Create();
                break;
            case < 69:
                Delete();
                break;
            case < 73:
                RaiseHighWatermark();
                break;
            case < 77:
                ApplyRetention();
                break;
            case < 80:
                AdvanceStart();
                break;
            case < 83:
                Truncate();
                break;
            case < 85:
                NewEpoch();
                break;
            case < 91:
                Read();
                break;
            case < 93:
                _time.Advance(TimeSpan.FromMinutes(_random.Next(60)));
                break;
            case < 95:
                Kill();
                break;
            case < 97:
                CloseCleanly();
                break;
            case < 98:
                _disk.FailFlushAfter(_random.Next(10));
                Tell("A flush will fail.");
                break;
            case < 99:
                _disk.Capacity = _disk.UsedBytes + _random.Next(64 << 10);
                Tell($"Room for {_disk.Capacity - _disk.UsedBytes} bytes.");
                break;
            case < 101:
                _disk.MaxHandles = _disk.OpenHandles + _random.Next(3);
                Tell($"{_disk.MaxHandles} handles, {_disk.OpenHandles} of them open.");
                break;
            case < 102:
                _disk.MaxHandles = int.MaxValue;
                break;
            default:
                _disk.Capacity = long.MaxValue;
                break;
        }
    }

    private void Append()
    {
        if (Pick() is not ({ } model, { } log))
        {
            return;
        }

        for (var batches = _random.Next(1, 5); batches > 0; batches--)
        {
            var bytes = Batch();
            RecordBatchHeader.TryRead(bytes, out var header);
            var outcome = log.Append(new ReadOnlySequence<byte>(bytes), header, log.EndOffset, model.Epoch);
            Tell($"Append {bytes.Length} bytes to {model.Topic} at {model.End}: {outcome.Fault}.");
            if (outcome.Fault != LogFault.None)
            {
                Assert.True((outcome.Fault == LogFault.Fenced && log.FenceReason is not null) || (outcome.Fault == LogFault.StorageFull && RanOut && _store!.IsFull));
                return;
            }

            var before = model.End;
            model.Append(bytes, header, model.Epoch);
            Assert.Equal(model.End, log.EndOffset);
            if (outcome.StartsSegment && before > Offset.Zero)
            {
                Snapshot(model, log, before);
            }
        }
    }

    private void Snapshot(LogModel model, IPartitionLog log, Offset offset)
    {
        // What is known at an offset is always the same.
        var producers = model.Snapshots.TryGetValue(offset.Value, out var known) ? known
            : _random.Next(3) == 0 ? []
            : [new ProducerSnapshotEntry(offset.Value, 1, _random.Next(1000), offset - 1, 0, 5, 0, new Offset(-1))];
        Tell($"Producers of {model.Topic} at {offset}: {(producers.Count > 0 ? producers[0] : "none")}.");
        model.Snapshots[offset.Value] = producers;
        log.TakeProducerSnapshot(offset, producers);
    }

    private void Create()
    {
        var topic = Topics[_random.Next(Topics.Length)];
        if (_models.Values.Any(m => m.Topic == topic))
        {
            return;
        }

        var config = LogConfig.Default with
        {
            SegmentBytes = _random.Next(500, 6000),
            IndexIntervalBytes = _random.Next(1, 1000),
            RetentionBytes = _random.Next(2) == 0 ? -1 : _random.Next(1, 20_000),
            RetentionMs = _random.Next(2) == 0 ? -1 : 3_600_000 * _random.Next(1, 5),
            SegmentMs = _random.Next(2) == 0 ? LogConfig.Default.SegmentMs : 600_000,
        };
        var model = new LogModel(new TopicIdPartition(new Guid(++_lastTopicId, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), _random.Next(2)), topic, config) { IsUncertain = true };
        _models.Add(model.Id, model);
        Tell($"Create {topic}.");
        try
        {
            Done(_store!.CreateAsync(model.Id, topic, config).AsTask());
            model.IsUncertain = false;
            Listen(model);
        }
        catch (IOException)
        {
            Assert.Null(_store!.Find(model.Id));
            throw;
        }
    }

    private void Delete()
    {
        if (Pick() is not ({ } model, _))
        {
            return;
        }

        Tell($"Delete {model.Topic}.");
        model.IsDoomed = true;
        Done(_store!.DeleteAsync(model.Id).AsTask());
        _models.Remove(model.Id);
    }

    private void RaiseHighWatermark()
    {
        if (Pick() is ({ } model, { } log))
        {
            log.HighWatermark = model.HighWatermark = model.Flushed;
        }
    }

    private void ApplyRetention()
    {
        if (Pick() is not ({ } model, { FenceReason: null } log))
        {
            return;
        }

        Tell($"Retention of {model.Topic}.");
        model.LatestStart = Offset.Max(model.Start, model.HighWatermark);
        log.ApplyRetention();
        Assert.True(log.StartOffset >= model.Start && log.StartOffset <= model.LatestStart);
        model.Start = model.LatestStart = log.StartOffset;
        if (!RanOut && _store!.Failure is null)
        {
            model.EarliestStart = model.Start;
        }
    }

    private void AdvanceStart()
    {
        if (Pick() is not ({ } model, { FenceReason: null } log) || model.HighWatermark <= model.Start)
        {
            return;
        }

        var start = new Offset(_random.NextInt64(model.Start.Value, model.HighWatermark.Value + 1));
        Tell($"Start of {model.Topic} to {start}.");
        model.LatestStart = start;
        Done(log.AdvanceStartOffsetAsync(start).AsTask());
        Assert.Equal(start, log.StartOffset);
        model.Start = model.EarliestStart = start;
    }

    private void Truncate()
    {
        // Without flushes a truncation may be undone by a power loss, as in Kafka.
        if (Pick() is not ({ } model, { FenceReason: null } log) || model.Batches.Count == 0 || !Flushes)
        {
            return;
        }

        // As a follower does: never below what everybody knows, at a batch's edge.
        var edges = model.Batches.Where(b => b.Base >= model.Start && b.Base >= model.HighWatermark).ToList();
        if (edges.Count == 0)
        {
            return;
        }

        var offset = edges[_random.Next(edges.Count)].Base;
        Tell($"Truncate {model.Topic} to {offset}.");
        model.Flushed = Offset.Min(model.Flushed, offset);
        model.TruncatingTo = offset;
        Done(log.TruncateAsync(offset).AsTask());
        model.TruncatingTo = new Offset(long.MaxValue);
        model.TruncateTo(offset);
        Assert.Equal(model.End, log.EndOffset);
    }

    private void NewEpoch()
    {
        if (Pick() is ({ } model, _))
        {
            model.Epoch = new LeaderEpoch(model.Epoch.Value + _random.Next(1, 3));
        }
    }

    private void Read()
    {
        if (Pick() is not ({ } model, { } log) || log.FenceReason is not null || model.End == model.Start)
        {
            return;
        }

        CompareCount(model.Topic, log, model.Batches);

        var from = new Offset(_random.NextInt64(model.Start.Value, model.End.Value));
        var upTo = new Offset(_random.NextInt64(from.Value, model.End.Value + 1));
        var read = log.Read(from, upTo, _random.Next(1, 8000), atLeastOneBatch: true);
        if (read.Fault == LogFault.TooManyOpenFiles && _disk.WasOutOfHandles)
        {
            return;
        }

        Assert.Equal(LogFault.None, read.Fault);
        var first = model.Batches.FindIndex(b => b.Next > from);
        var bytes = Bytes(read);
        var at = 0;
        for (var i = first; at < bytes.Length; i++)
        {
            Assert.True(model.Batches[i].Next <= upTo, "Read beyond the limit.");
            Assert.True(bytes.AsSpan(at).StartsWith(model.Batches[i].Bytes), $"{model.Topic} reads otherwise at {model.Batches[i].Base} than what was appended.");
            at += model.Batches[i].Bytes.Length;
            Assert.True(i > first || read.NextOffset >= model.Batches[i].Next);
        }

        Assert.True(bytes.Length > 0 || model.Batches[first].Next > upTo, $"Nothing was read from {from} up to {upTo} of {model.Topic}.");
    }

    private void Kill()
    {
        Tell("Kill.");
        if (_random.Next(2) == 0)
        {
            _disk.StopFailing();
        }

        _disk.Kill();
        Restart();
    }

    private void LosePower()
    {
        Tell("The power goes.");
        PowerGoes();
        Restart();
    }

    private void PowerGoes()
    {
        PowerLosses++;
        _disk.StopFailing();
        _disk.LosePower();
        if (!Flushes)
        {
            // Who does not wait for flushes may lose anything, but not some of it from the middle.
            foreach (var model in _models.Values)
            {
                model.Flushed = model.EarliestStart = Offset.Zero;
            }
        }
    }

    private bool RanOut => _disk.WasFull || _disk.WasOutOfHandles;

    private bool Flushes => _options.Sync == SyncMode.Commit;

    private void CloseCleanly()
    {
        if (_store!.Failure is not null)
        {
            Kill();
            return;
        }

        Tell("Close.");
        foreach (var (model, log) in Known())
        {
            if (_random.Next(2) == 0 && model.End > Offset.Zero)
            {
                Snapshot(model, log, model.End);
            }
        }

        try
        {
            Done(_store.CloseCleanlyAsync(default).AsTask());
        }
        catch (IOException e) when (_disk.HasFailedFlush || RanOut)
        {
            Tell(e.Message);
            Kill();
            return;
        }

        var clean = _store.Failure is null && !RanOut && !_disk.HasFailedFlush;
        Done(_store.DisposeAsync().AsTask());
        Assert.Equal(0, _disk.OpenHandles);
        if (clean)
        {
            foreach (var (model, log) in Known())
            {
                Assert.Equal(model.End, log.FlushedOffset);
            }
        }

        if (clean && _random.Next(2) == 0)
        {
            _disk.LosePower();
        }
        else
        {
            _disk.Kill();
        }

        Restart(expectClean: clean);
    }

    private void Restart(bool expectClean = false)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt < 3 && !expectClean && _random.Next(3) == 0)
            {
                _disk.LosePowerAfter(_random.Next(80));
            }

            try
            {
                _store = LogStore.Open(_disk, _options, ConfigOf, _time, NullLogger.Instance);
                break;
            }
            catch (PowerLossException)
            {
                Tell("The power goes during recovery.");
                PowerGoes();
            }
            catch (IOException e) when ((_disk.HasFailedFlush || RanOut) && attempt < 10)
            {
                Tell($"Recovery: {e.Message}");
                _disk.StopFailing();
                _disk.Kill();
                expectClean = false;
            }
        }

        if (expectClean)
        {
            Assert.DoesNotContain(_disk.Opened, path => path.EndsWith(".log", StringComparison.Ordinal) || path.EndsWith("index", StringComparison.Ordinal));
        }

        Tell("Open.");
        Try(Compare);
    }

    private void Compare()
    {
        foreach (var log in _store!.Logs)
        {
            Assert.True(_models.ContainsKey(log.Id), $"{log.Topic} was deleted and is there again.");
        }

        foreach (var model in _models.Values.ToList())
        {
            if (_store.Find(model.Id) is not { } log)
            {
                Assert.True(model.IsUncertain || model.IsDoomed, $"{model.Topic} is gone.");
                _models.Remove(model.Id);
            }
            else if (model.IsDoomed)
            {
                Done(_store.DeleteAsync(model.Id).AsTask());
                _models.Remove(model.Id);
            }
            else
            {
                Compare(model, log);
            }
        }

        foreach (var model in _models.Values)
        {
            model.IsUncertain = false;
            Listen(model);
        }
    }

    private void Compare(LogModel model, IPartitionLog log)
    {
        var what = $"{model.Topic} (start {log.StartOffset}, end {log.EndOffset}; was start {model.Start}, flushed {model.Flushed}, end {model.End})";
        Assert.True(log.FenceReason is null, $"{what}: {log.FenceReason}");
        Assert.True(log.EndOffset >= model.Flushed, $"{what}: acknowledged records are lost.");
        Assert.True(log.EndOffset <= model.End, $"{what}: there is more than was appended.");
        Assert.True(log.StartOffset >= model.EarliestStart && log.StartOffset <= Offset.Max(model.Start, model.LatestStart), $"{what}: it begins elsewhere.");
        Assert.True(log.HighWatermark <= log.EndOffset && log.HighWatermark <= model.HighWatermark, $"{what}: the high watermark is {log.HighWatermark}, and was {model.HighWatermark}.");
        var expected = model.Batches.Where(b => b.Next > log.StartOffset && b.Next <= log.EndOffset).ToList();
        Assert.Equal(log.EndOffset, expected.Count > 0 ? expected[^1].Next : log.StartOffset);
        var from = log.StartOffset;
        var index = 0;
        while (from < log.EndOffset)
        {
            var read = log.Read(from, log.EndOffset, 16 << 10, atLeastOneBatch: true);
            Assert.True(read.Fault == LogFault.None && read.Records is not null, $"{what}: {read.Fault} at {from}. {log.FenceReason}");
            var bytes = Bytes(read);
            for (var at = 0; at < bytes.Length; index++)
            {
                Assert.True(index < expected.Count && bytes.AsSpan(at).StartsWith(expected[index].Bytes), $"{what}: what reads at {from} + {at} bytes was not appended there.");
                at += expected[index].Bytes.Length;
            }

            Assert.Equal(expected[index - 1].Next, read.NextOffset);
            from = read.NextOffset;
        }

        Assert.Equal(expected.Count, index);
        foreach (var batch in expected)
        {
            Assert.True(batch.Epoch == log.EpochAt(Offset.Max(batch.Base, log.StartOffset)), $"{what}: epoch {log.EpochAt(batch.Base)} at {batch.Base}, was {batch.Epoch}.");
        }

        CompareCount(what, log, expected);
        CompareTimes(what, log, expected);
        CompareProducers(what, model, log);
        model.Start = model.EarliestStart = model.LatestStart = log.StartOffset;
        model.TruncateTo(log.EndOffset);
        model.End = Offset.Max(model.End, model.Start);
        model.Flushed = log.EndOffset;
        model.TruncatingTo = new Offset(long.MaxValue);
        model.HighWatermark = log.HighWatermark;
        Assert.Equal(model.End, log.EndOffset);
        Assert.Equal(log.EndOffset, log.FlushedOffset);
    }

    private void CompareCount(string what, IPartitionLog log, List<(Offset Base, Offset Next, LeaderEpoch Epoch, long MaxTimestampMs, byte[] Bytes)> batches)
    {
        if (_disk.MaxHandles < int.MaxValue)
        {
            // What cannot be opened is counted later.
            return;
        }

        while (_store!.CountRecordsOnce(_random.Next(1, 10)))
        {
        }

        var expected = batches.Sum(b => RecordBatchHeader.TryRead(b.Bytes, out var header) && !header.IsControl && b.Next > log.StartOffset
            ? b.Next - Offset.Max(b.Base, log.StartOffset)
            : 0);
        Assert.True(log.RecordCount == expected, $"{what}: {log.RecordCount} records are counted, there are {expected}.");
    }

    private void CompareTimes(string what, IPartitionLog log, List<(Offset Base, Offset Next, LeaderEpoch Epoch, long MaxTimestampMs, byte[] Bytes)> expected)
    {
        if (expected.Count == 0)
        {
            return;
        }

        // All records of a batch have its timestamp.
        var wanted = expected[_random.Next(expected.Count)].MaxTimestampMs;
        var first = expected.First(b => b.MaxTimestampMs >= wanted);
        var found = log.FindByTimestamp(wanted, log.EndOffset);
        Assert.True(found?.Offset == Offset.Max(first.Base, log.StartOffset), $"{what}: by time {wanted} found {found?.Offset}, expected {first.Base}.");
        var greatest = expected.MaxBy(b => b.MaxTimestampMs);
        var max = log.FindMaxTimestamp(log.EndOffset);
        Assert.True(max?.TimestampMs == greatest.MaxTimestampMs && max?.Offset == Offset.Max(greatest.Base, log.StartOffset), $"{what}: greatest time at {max?.Offset}, expected {greatest.Base}.");
    }

    private static void CompareProducers(string what, LogModel model, IPartitionLog log)
    {
        var producers = log.RecoverProducers();
        Assert.True(producers.Offset <= log.EndOffset, $"{what}: producers known up to {producers.Offset}.");
        if (producers.Snapshot.Count > 0)
        {
            model.Snapshots.TryGetValue(producers.Snapshot[0].ProducerId, out var kept);
            Assert.True(kept is not null && kept.SequenceEqual(producers.Snapshot), $"{what}: the producers are {producers.Snapshot[0]}, and were {(kept is { Count: > 0 } ? kept[0] : kept is null ? "never told" : "none")}.");
        }

        var from = producers.Snapshot.Count > 0 ? new Offset(producers.Snapshot[0].ProducerId) : producers.Offset;
        var expected = model.Batches.Where(b => b.Base >= from && b.Next > log.StartOffset && b.Next <= log.EndOffset).Select(b => b.Base);
        Assert.Equal(expected, producers.Batches.Where(b => b.BaseOffset >= from).Select(b => b.BaseOffset));
    }

    private LogConfig ConfigOf(TopicIdPartition id) => _models.TryGetValue(id, out var model) ? model.Config : LogConfig.Default;

    private void Listen(LogModel model) => _store!.Find(model.Id)!.Listener = new Listener(this, model);

    private (LogModel Model, IPartitionLog Log)? Pick()
    {
        // A fenced log is left alone until the next start, but for an append now and then, which it must refuse.
        var known = Known().Where(k => k.Log.FenceReason is null || _random.Next(20) == 0).ToList();
        return known.Count == 0 ? null : known[_random.Next(known.Count)];
    }

    private IEnumerable<(LogModel Model, IPartitionLog Log)> Known() => _models.Values.Select(m => (m, _store!.Find(m.Id))).Where(k => k.Item2 is not null)!;

    private byte[] Batch()
    {
        using var builder = new RecordBatchBuilder();
        // One batch in thirty is larger than a chunk and than a segment.
        var value = new byte[_random.Next(30) == 0 ? _random.Next(40_000) : _random.Next(300)];
        value.AsSpan().Fill(++_fill);
        var timestampMs = _time.GetUtcNow().ToUnixTimeMilliseconds() - _random.Next(600_000);
        for (var records = _random.Next(1, 4); records > 0; records--)
        {
            builder.Append(timestampMs, [(byte)records], value);
        }

        var batch = builder.Build();
        if (_random.Next(6) == 0)
        {
            // A control batch, as transactions leave them: its offsets are no records.
            RecordBatchHeader.TryRead(batch, out var header);
            RecordBatchHeader.WriteWithCrc(batch, header with { Attributes = (short)(header.Attributes | ControlBatch) });
        }

        return batch;
    }

    private void Tell(string what) => _story.Add(what);

    private static byte[] Bytes(LogRead read)
    {
        if (read.Records is null)
        {
            return [];
        }

        using var records = read.Records;
        var bytes = new ArrayBufferWriter<byte>();
        records.CopyTo(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    // With threads off everything is done when it returns.
    private void Done(Task task)
    {
        if (!task.IsCompleted && RanOut && _store!.IsFull)
        {
            // What needs a flush waits for room, as a produce does; what continues then does so on a thread of the pool, while this one waits.
            Tell("The journal can be written again.");
            _disk.Capacity = long.MaxValue;
            _disk.MaxHandles = int.MaxValue;
            while (_store.FlushOnce())
            {
            }

            ((IAsyncResult)task).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(10));
        }

        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    private sealed class Listener(LogRun run, LogModel model) : ILogListener
    {
        public void OnFlushed(Offset flushed)
        {
            Assert.True(flushed >= model.Flushed && flushed <= model.End);
            model.Flushed = Offset.Min(flushed, model.TruncatingTo);
            run.Acknowledged++;
        }

        public void OnFenced(string reason) => run.Tell($"{model.Topic} is fenced: {reason}");

        public void OnStartOffsetAdvanced(Offset startOffset)
        {
        }
    }
}

using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Storage.Tests;

public sealed class LogStoreTests : IDisposable
{
    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    private static readonly LeaderEpoch Epoch = new(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-storage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData(SyncMode.Commit), InlineData(SyncMode.Interval), InlineData(SyncMode.None)]
    public async Task What_was_flushed_is_read_from_memory_then_from_segments_then_after_a_kill(SyncMode sync)
    {
        var store = Open(sync: sync);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(LogFault.None, log.Append(TestBatches.Batch(3), Epoch).Fault);
        }

        Assert.Equal(new Offset(0), log.FlushedOffset);
        Assert.True(store.FlushOnce());
        Assert.Equal(new Offset(300), log.FlushedOffset);
        var fromMemory = log.ReadAll(Offset.Zero);
        Assert.Equal(100, fromMemory.Count);
        Assert.Equal(Offset.Zero, log.TailStartOffset);
        store.SettleOnce();
        Assert.Equal(new Offset(300), log.TailStartOffset);
        var fromSegments = log.ReadAll(Offset.Zero, 500);
        Assert.Equal(fromMemory.Select(b => b.Bytes), fromSegments.Select(b => b.Bytes));
        for (var i = 0; i < 10; i++)
        {
            log.Append(TestBatches.Batch(1, fill: 9), Epoch);
        }

        store.FlushOnce();
        await store.DisposeAsync();

        store = Open(sync: sync);
        log = store.Find(Orders)!;
        Assert.Equal(new Offset(310), log.EndOffset);
        Assert.Equal(Epoch, log.LatestEpoch);
        Assert.Equal("orders", log.Topic);
        Assert.Equal(fromMemory.Select(b => b.Bytes), log.ReadAll(Offset.Zero).Take(100).Select(b => b.Bytes));
        Assert.Equal(110, log.ReadAll(Offset.Zero).Count);
        await store.CloseCleanlyAsync(default);
        await store.DisposeAsync();

        store = Open(sync: sync);
        Assert.Equal(new Offset(310), store.Find(Orders)!.EndOffset);
        Assert.Equal(110, store.Find(Orders)!.ReadAll(Offset.Zero).Count);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Segments_roll_at_their_size_and_reads_cross_them()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 2000 });
        for (var i = 0; i < 50; i++)
        {
            log.Append(TestBatches.Batch(2, timestampMs: 1000 + (i * 10)), Epoch);
            store.FlushOnce();
            if (i % 7 == 0)
            {
                store.SettleOnce();
            }
        }

        store.SettleOnce();
        var names = Directory.GetFiles(Path.Combine(_folder, "topics", "orders-0"), "*.log").Select(Path.GetFileName).Order().ToList();
        Assert.True(names.Count > 3);
        Assert.Equal("00000000000000000000.log", names[0]);
        Assert.Equal(50, log.ReadAll(Offset.Zero, 300).Count);
        for (var offset = 0; offset < 100; offset++)
        {
            var read = log.Read(new Offset(offset), log.EndOffset, 1, atLeastOneBatch: true);
            Assert.Equal(new Offset((offset / 2 * 2) + 2), read.NextOffset);
            read.Records!.Dispose();
        }

        Assert.Null(log.Read(new Offset(5), log.EndOffset, 1, atLeastOneBatch: false).Records);
        Assert.Equal(LogFault.OffsetOutOfRange, log.Read(new Offset(101), log.EndOffset, 1, true).Fault);
        Assert.Equal(new TimestampedOffset(new Offset(50), 1250, Epoch), log.FindByTimestamp(1242, log.EndOffset));
        Assert.Equal(new TimestampedOffset(new Offset(99), 1491, Epoch), log.FindMaxTimestamp(log.EndOffset));
        Assert.Null(log.FindByTimestamp(5000, log.EndOffset));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Retention_by_size_and_by_start_offset_deletes_whole_segments_and_survives_a_kill()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 1000, RetentionMs = -1, RetentionBytes = 3000 });
        for (var i = 0; i < 50; i++)
        {
            log.Append(TestBatches.Batch(2), Epoch);
        }

        store.FlushOnce();
        store.SettleOnce();
        log.HighWatermark = log.EndOffset;
        Assert.True(log.ApplyRetention() > 0);
        Assert.InRange(log.SizeInBytes, 2000, 4000);
        var start = log.StartOffset;
        Assert.True(start > Offset.Zero);
        Assert.Equal(LogFault.OffsetOutOfRange, log.Read(Offset.Zero, log.EndOffset, 1, true).Fault);
        await log.AdvanceStartOffsetAsync(new Offset(97));
        Assert.Equal(new Offset(97), log.StartOffset);
        await store.DisposeAsync();
        store = Open();
        Assert.Equal(new Offset(97), store.Find(Orders)!.StartOffset);
        Assert.Equal(new Offset(100), store.Find(Orders)!.EndOffset);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Truncation_survives_a_kill_wherever_it_cut()
    {
        foreach (var (cut, settled) in new[] { (95, false), (95, true), (12, true), (0, true) })
        {
            var id = new TopicIdPartition(new Guid(cut, 1, settled ? (short)1 : (short)0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
            var store = Open();
            var log = await store.CreateAsync(id, $"t{cut}{settled}", LogConfig.Default with { SegmentBytes = 1000 });
            for (var i = 0; i < 100; i++)
            {
                log.Append(TestBatches.Batch(1), Epoch);
            }

            store.FlushOnce();
            if (settled)
            {
                store.SettleOnce();
                store.CheckpointOnce();
            }

            await log.TruncateAsync(new Offset(cut));
            Assert.Equal(new Offset(cut), log.EndOffset);
            log.Append(TestBatches.Batch(2, fill: 42), new LeaderEpoch(9));
            store.FlushOnce();
            await store.DisposeAsync();
            store = Open();
            log = store.Find(id)!;
            Assert.Null(log.FenceReason);
            Assert.Equal(new Offset(cut + 2), log.EndOffset);
            Assert.Equal(new LeaderEpoch(9), log.LatestEpoch);
            Assert.Equal(cut + 1, log.ReadAll(Offset.Zero).Count);
            Assert.Equal(new EpochEnd(cut == 0 ? Epoch : Epoch, new Offset(cut)), log.EndOfEpoch(Epoch));
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_journal_is_recycled_and_stays_small()
    {
        var store = Open(options => options with { JournalFileBytes = 64 << 10, JournalBytes = 256 << 10, ChunkBytes = 16 << 10 });
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        for (var i = 0; i < 200; i++)
        {
            log.Append(TestBatches.Batch(10, valueBytes: 500), Epoch);
            store.FlushOnce();
            store.SettleOnce();
            if (i % 20 == 0)
            {
                store.CheckpointOnce();
            }
        }

        Assert.True(new DirectoryInfo(Path.Combine(_folder, "journal")).GetFiles().Sum(f => f.Length) < 400 << 10);
        await store.DisposeAsync();
        store = Open();
        Assert.Equal(200, store.Find(Orders)!.ReadAll(Offset.Zero).Count);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_deleted_log_does_not_come_back_and_its_successor_is_empty()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(TestBatches.Batch(1), Epoch);
        store.FlushOnce();
        await store.DeleteAsync(Orders);
        Assert.Equal(LogFault.Fenced, log.Append(TestBatches.Batch(1), Epoch).Fault);
        Assert.Equal(LogFault.Fenced, log.Read(Offset.Zero, new Offset(1), 1, true).Fault);
        var successor = new TopicIdPartition(new Guid("00000000-0000-4000-8000-00000000ffff"), 0);
        await store.CreateAsync(successor, "orders", LogConfig.Default);
        await store.DisposeAsync();
        store = Open();
        Assert.Null(store.Find(Orders));
        Assert.Equal(Offset.Zero, store.Find(successor)!.EndOffset);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Damage_below_the_checkpoint_fences_the_log_names_the_file_and_deletes_nothing()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(TestBatches.Batch(100), Epoch);
        store.FlushOnce();
        store.CheckpointOnce();
        log.Append(TestBatches.Batch(1), Epoch);
        store.FlushOnce();
        await store.DisposeAsync();
        var path = Path.Combine(_folder, "topics", "orders-0", "00000000000000000000.log");
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(1000);
        }

        store = Open();
        log = store.Find(Orders)!;
        Assert.Contains(path, log.FenceReason, StringComparison.Ordinal);
        Assert.Contains("1000", log.FenceReason, StringComparison.Ordinal);
        Assert.Equal(LogFault.Fenced, log.Append(TestBatches.Batch(1), Epoch).Fault);
        Assert.Equal(1000, new FileInfo(path).Length);
        Assert.True(new FileInfo(Path.Combine(_folder, "topics", "orders-0", "journal.salvage")).Length > 0);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Threads_flush_and_settle_by_themselves_and_a_record_larger_than_a_chunk_fits()
    {
        var store = Open(o => o with { Threads = true, ChunkBytes = 64 << 10, JournalFileBytes = 256 << 10 });
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        var flushed = new Flushes();
        log.Listener = flushed;
        log.Append(TestBatches.Batch(1), Epoch);
        log.Append(TestBatches.Batch(10, valueBytes: 100_000), Epoch);
        log.Append(TestBatches.Batch(1), Epoch);
        await flushed.Reached(12);
        Assert.Equal(3, log.ReadAll(Offset.Zero).Count);
        await store.CloseCleanlyAsync(default);
        await store.DisposeAsync();
        store = Open();
        Assert.Equal(3, store.Find(Orders)!.ReadAll(Offset.Zero).Count);
        await store.DisposeAsync();
    }

    private LogStore Open(Func<LogStoreOptions, LogStoreOptions>? change = null, SyncMode sync = SyncMode.Commit)
    {
        var options = new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0, Sync = sync, JournalFileBytes = 1 << 20, ChunkBytes = 64 << 10 };
        return LogStore.Open(OsFiles.Instance, change?.Invoke(options) ?? options, _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance);
    }

    private sealed class Flushes : ILogListener
    {
        private readonly TaskCompletionSource<bool> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long _wanted = long.MaxValue;
        private long _flushed;

        public Task Reached(long offset)
        {
            Volatile.Write(ref _wanted, offset);
            OnFlushed(new Offset(Volatile.Read(ref _flushed)));
            return _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        public void OnFlushed(Offset flushed)
        {
            Volatile.Write(ref _flushed, flushed.Value);
            if (flushed.Value >= Volatile.Read(ref _wanted))
            {
                _reached.TrySetResult(true);
            }
        }

        public void OnFenced(string reason) => _reached.TrySetException(new IOException(reason));

        public void OnStartOffsetAdvanced(Offset startOffset)
        {
        }
    }
}

using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Journal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Storage.Tests;

/// <summary>What a store says it has in hand, against what it was given.</summary>
public sealed class StoreLoadTests : IDisposable
{
    private const int BatchBytes = 1000;
    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    // A journal record is its header and the batch, in steps of 8 bytes.
    private static readonly int RecordBytes = JournalRecord.SizeOf(BatchBytes);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-storage-").FullName;
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_waits_for_its_flush_is_told_in_records_bytes_and_age()
    {
        await using var store = Open(SyncMode.Commit);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        Assert.Equal((0, 0, TimeSpan.Zero), Waiting(store));
        log.Append(Batch(), new LeaderEpoch(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        log.Append(Batch(), new LeaderEpoch(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((2, 2 * RecordBytes, TimeSpan.FromSeconds(3)), Waiting(store));
        store.FlushOnce();
        Assert.Equal((0, 0, TimeSpan.Zero), Waiting(store));
        log.Append(Batch(), new LeaderEpoch(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, RecordBytes, TimeSpan.FromSeconds(1)), Waiting(store));
        store.FlushOnce();

        var load = store.JournalLoad;
        Assert.Equal((3, 2), (load.RecordsWritten, load.Rounds));
        Assert.Equal(2 * ChunkPool.PageSize, load.BytesWritten);
        Assert.Equal(2 * ChunkPool.PageSize, load.FileBytes);
    }

    [Fact]
    public async Task With_an_interval_records_that_are_written_stay_unflushed_until_it_ends()
    {
        await using var store = Open(SyncMode.Interval);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(Batch(), new LeaderEpoch(1));
        store.FlushOnce();
        _time.Advance(TimeSpan.FromSeconds(1));
        log.Append(Batch(), new LeaderEpoch(1));
        Assert.Equal((1, 2 * RecordBytes, TimeSpan.FromSeconds(1)), Waiting(store));
        store.Journal.SyncWritten();
        // The second came after what was flushed.
        Assert.Equal((1, RecordBytes, TimeSpan.Zero), Waiting(store));
        store.FlushOnce();
        store.Journal.SyncWritten();
        Assert.Equal((0, 0, TimeSpan.Zero), Waiting(store));
    }

    [Fact]
    public async Task What_is_not_settled_is_told_in_bytes_and_counts_as_settled_once_it_is()
    {
        await using var store = Open(SyncMode.Commit);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { IndexIntervalBytes = 1 });
        for (var i = 0; i < 4; i++)
        {
            log.Append(Batch(), new LeaderEpoch(1));
        }

        Assert.Equal((4 * BatchBytes, 1 << 20, 128L << 20), (store.TailLoad.UnsettledBytes, store.TailLoad.MemoryBytes, store.TailLoad.MemoryLimitBytes));
        store.FlushOnce();
        log.Append(Batch(), new LeaderEpoch(1));
        store.SettleOnce();
        Assert.Equal((BatchBytes, 4 * BatchBytes), (store.TailLoad.UnsettledBytes, store.Metrics.SettledBytes));
        Assert.Equal(0, store.Metrics.IndexBytesWritten);
        store.FlushOnce();
        store.CheckpointOnce();
        Assert.Equal((0, 5 * BatchBytes), (store.TailLoad.UnsettledBytes, store.Metrics.SettledBytes));
        var indexes = Directory.GetFiles(Path.Combine(_folder, "topics", "orders-0"), "*index").Sum(f => new FileInfo(f).Length);
        Assert.Equal(indexes, store.Metrics.IndexBytesWritten);
        Assert.True(indexes > 0);

        log.Append(Batch(), new LeaderEpoch(1));
        log.Append(Batch(), new LeaderEpoch(1));
        await log.TruncateAsync(new Offset(6));
        Assert.Equal((6, 0), (log.EndOffset.Value, store.TailLoad.UnsettledBytes));
        log.Append(Batch(), new LeaderEpoch(1));
        Assert.Equal(BatchBytes, store.TailLoad.UnsettledBytes);
        await store.DeleteAsync(Orders);
        Assert.Equal(0, store.TailLoad.UnsettledBytes);
    }

    [Fact]
    public async Task Who_waits_for_room_in_the_tails_is_counted()
    {
        await using var store = LogStore.Open(
            OsFiles.Instance, new LogStoreOptions { DataDir = _folder, TailMemoryBytes = 1, MinFreeBytes = 0 }, _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        await store.WaitForRoomAsync(CancellationToken.None);
        Assert.Equal(0, store.Metrics.RoomWaits);
        log.Append(Batch(), new LeaderEpoch(1));
        // The chunk that the journal fills next is never given back, so that this limit is never met again.
        using var patience = new CancellationTokenSource();
        var waiting = store.WaitForRoomAsync(patience.Token);
        Assert.Equal(1, store.Metrics.RoomWaits);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(waiting.AsTask);
    }

    [Fact]
    public async Task A_start_after_a_crash_says_what_it_took_from_the_journal_and_one_after_a_clean_end_nothing()
    {
        var store = Open(SyncMode.Commit);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(Batch(), new LeaderEpoch(1));
        store.FlushOnce();
        store.CheckpointOnce();
        log.Append(Batch(), new LeaderEpoch(1));
        log.Append(Batch(), new LeaderEpoch(1));
        store.FlushOnce();
        await store.DisposeAsync();

        var crashed = new RecoveryProgress(TimeProvider.System);
        Assert.Equal((0, null), (crashed.Ratio, crashed.Took));
        await using (var again = Open(SyncMode.Commit, crashed))
        {
            Assert.Equal((1, 2 * BatchBytes, 2), (crashed.Ratio, crashed.ReplayedBytes, crashed.ReplayedRecords));
            Assert.Equal(TimeSpan.Zero, crashed.Took);
            await again.CloseCleanlyAsync(CancellationToken.None);
        }

        var clean = new RecoveryProgress(TimeProvider.System);
        await using var third = Open(SyncMode.Commit, clean);
        Assert.Equal((1, 0, 0), (clean.Ratio, clean.ReplayedBytes, clean.ReplayedRecords));
        Assert.NotNull(clean.Took);
    }

    [Fact]
    public void The_ratio_is_of_the_bytes_while_the_start_goes_on()
    {
        var recovery = new RecoveryProgress(TimeProvider.System);
        recovery.Report(0, 0);
        Assert.Equal(0, recovery.Ratio);
        recovery.Report(1, 4);
        Assert.Equal(0.25, recovery.Ratio);
    }

    private static (long Records, long Bytes, TimeSpan Age) Waiting(LogStore store) =>
        store.JournalLoad is var load ? (load.QueuedRecords, load.UnflushedBytes, load.OldestUnflushed) : default;

    private static byte[] Batch()
    {
        var overhead = TestBatches.Batch(1, valueBytes: 500).Length - 500;
        var batch = TestBatches.Batch(1, valueBytes: BatchBytes - overhead);
        Assert.Equal(BatchBytes, batch.Length);
        return batch;
    }

    private LogStore Open(SyncMode sync, RecoveryProgress? recovery = null) => LogStore.Open(
        OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Sync = sync, Threads = false, MinFreeBytes = 0 }, _ => LogConfig.Default, _time, NullLogger.Instance, recovery);
}

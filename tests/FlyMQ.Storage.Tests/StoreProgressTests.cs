using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Storage.Tests;

/// <summary>What a watcher sees of a store without touching it.</summary>
public sealed class StoreProgressTests : IDisposable
{
    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-storage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Records_that_wait_for_their_flush_are_work_for_the_journals_thread()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        Assert.Equal(store.Progress.Appended, store.Progress.Flushed);
        log.Append(TestBatches.Batch(1), new LeaderEpoch(1));
        Assert.Equal(store.Progress.Flushed + 1, store.Progress.Appended);
        store.FlushOnce();
        Assert.Equal(store.Progress.Appended, store.Progress.Flushed);
    }

    [Fact]
    public async Task The_settler_steps_when_it_settles_and_when_it_has_nothing_to_do()
    {
        await using (var store = Open())
        {
            var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
            log.Append(TestBatches.Batch(1), new LeaderEpoch(1));
            store.FlushOnce();
            var before = store.Progress.SettlerSteps;
            store.SettleOnce();
            Assert.True(store.Progress.SettlerSteps > before);
        }

        await using var idle = Open(threads: true);
        var first = idle.Progress.SettlerSteps;
        Assert.True(SpinWait.SpinUntil(() => idle.Progress.SettlerSteps > first, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_recovery_tells_that_it_has_begun_and_ends_at_100_percent()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(TestBatches.Batch(3), new LeaderEpoch(1));
        store.FlushOnce();
        await store.DisposeAsync();

        var recovery = new RecoveryProgress(TimeProvider.System);
        Assert.False(recovery.HasBegun);
        Assert.Null(recovery.Percent);
        await using var again = Open(recovery: recovery);
        Assert.True(recovery.HasBegun);
        Assert.Equal(100, recovery.Percent);
    }

    [Fact]
    public void Percent_is_of_the_bytes_and_unknown_where_there_are_none()
    {
        var recovery = new RecoveryProgress(TimeProvider.System);
        recovery.Report(0, 0);
        Assert.Null(recovery.Percent);
        recovery.Report(1, 3);
        Assert.Equal(33, recovery.Percent);
    }

    [Fact]
    public void What_is_left_is_told_by_the_speed_so_far_and_melts_between_two_reports()
    {
        var time = new FakeTimeProvider();
        var recovery = new RecoveryProgress(time);
        Assert.Null(recovery.Left);
        recovery.Report(0, 100);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(recovery.Left);
        recovery.Report(25, 100);
        Assert.Equal(TimeSpan.FromSeconds(30), recovery.Left);
        time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(TimeSpan.FromSeconds(18), recovery.Left);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.Zero, recovery.Left);
        recovery.Report(100, 100);
        Assert.Null(recovery.Left);
    }

    [Fact]
    public async Task A_recovery_tells_more_than_once_for_one_file_of_the_journal_and_never_goes_back()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        for (var i = 0; i < 40; i++)
        {
            log.Append(TestBatches.Batch(1, valueBytes: 100_000), new LeaderEpoch(1));
            store.FlushOnce();
        }

        await store.DisposeAsync();
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "journal")));

        // The clock is read for each report.
        var percents = new List<int?>();
        RecoveryProgress? recovery = null;
        recovery = new RecoveryProgress(new WatchedTime(() => percents.Add(recovery!.Percent)));
        await using var again = Open(recovery: recovery);
        percents.Add(recovery.Percent);
        Assert.Equal(percents.Order(), percents);
        Assert.InRange(percents.Distinct().Count(), 4, 10);
        Assert.Equal(100, percents[^1]);
    }

    [Fact]
    public async Task Logs_that_take_no_more_writes_are_counted()
    {
        await using var store = Open();
        var log = (PartitionLog)await store.CreateAsync(Orders, "orders", LogConfig.Default);
        Assert.Equal(0, store.FencedLogs);
        log.Fence("for a test");
        Assert.Equal(1, store.FencedLogs);
    }

    private LogStore Open(bool threads = false, RecoveryProgress? recovery = null) => LogStore.Open(
        OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = threads, MinFreeBytes = 0 }, _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance, recovery);

    private sealed class WatchedTime(Action read) : TimeProvider
    {
        public override long GetTimestamp()
        {
            read();
            return base.GetTimestamp();
        }
    }
}

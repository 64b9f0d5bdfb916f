using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

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

        var recovery = new RecoveryProgress();
        Assert.False(recovery.HasBegun);
        Assert.Null(recovery.Percent);
        await using var again = Open(recovery: recovery);
        Assert.True(recovery.HasBegun);
        Assert.Equal(100, recovery.Percent);
    }

    [Fact]
    public void Percent_is_of_the_bytes_and_unknown_where_there_are_none()
    {
        var recovery = new RecoveryProgress();
        recovery.Report(0, 0);
        Assert.Null(recovery.Percent);
        recovery.Report(1, 3);
        Assert.Equal(33, recovery.Percent);
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
}

using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Storage.Tests;

/// <summary>A log of many segments must not need a handle for each of them for ever.</summary>
public sealed class IdleFilesTests : IDisposable
{
    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-idle-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Segments_that_nobody_reads_are_closed_and_opened_again_by_the_next_reader()
    {
        await using var store = await Filled();
        var log = store.Find(Orders)!;
        log.ReadAll(Offset.Zero);
        var open = OpenFiles();
        Assert.True(open > 20, $"{open} files are open.");
        store.CloseIdleFilesOnce();
        Assert.Equal(open, OpenFiles());
        store.CloseIdleFilesOnce();
        Assert.Equal(0, OpenFiles());
        log.Append(TestBatches.Batch(1), new LeaderEpoch(1));
        store.FlushOnce();
        store.SettleOnce();
        Assert.Equal(101, log.ReadAll(Offset.Zero).Count);
    }

    [Fact]
    public async Task Readers_never_meet_a_closed_file()
    {
        await using var store = await Filled();
        var log = store.Find(Orders)!;
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                Assert.Equal(100, log.ReadAll(Offset.Zero, 500).Count);
            }
        })).ToList();
        while (!end.IsCancellationRequested)
        {
            store.CloseIdleFilesOnce();
            store.CloseIdleFilesOnce();
        }

        await Task.WhenAll(readers);
        Assert.Null(log.FenceReason);
    }

    private async Task<LogStore> Filled()
    {
        var options = new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0 };
        var store = LogStore.Open(OsFiles.Instance, options, _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance);
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 400 });
        for (var i = 0; i < 100; i++)
        {
            log.Append(TestBatches.Batch(1), new LeaderEpoch(1));
        }

        store.FlushOnce();
        store.CheckpointOnce();
        return store;
    }

    private int OpenFiles() => new DirectoryInfo("/proc/self/fd").GetFiles().Count(f => f.LinkTarget?.StartsWith(Path.Combine(_folder, "topics"), StringComparison.Ordinal) == true);
}

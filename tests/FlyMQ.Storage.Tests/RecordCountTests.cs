using System.Text;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Storage.Tests;

/// <summary>How many records a log says it has, whatever lies in memory, in segments and below its start. Chance does the same in the simulation.</summary>
public sealed class RecordCountTests : IDisposable
{
    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    // Two batches a segment, more or less.
    private static readonly LogConfig Config = LogConfig.Default with { SegmentBytes = 400 };
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-storage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Control_batches_are_no_records_in_memory_in_segments_and_after_a_restart()
    {
        await using (var store = Open())
        {
            var log = await FilledAsync(store);
            Assert.Equal((14, 12), (log.EndOffset.Value, log.RecordCount));
            store.FlushOnce();
            store.SettleOnce();
            Assert.True(log.SegmentCount > 1);
            Assert.Equal(12, log.RecordCount);
            log.Append(TestBatches.Batch(2), new LeaderEpoch(1));
            Assert.Equal(14, log.RecordCount);
            store.FlushOnce();
            await store.CloseCleanlyAsync(CancellationToken.None);
        }

        await using var again = Open();
        Assert.Equal(14, again.Find(Orders)!.RecordCount);
        // It was written down: nothing has to be read.
        Assert.False(again.CountRecordsOnce());
    }

    [Fact]
    public async Task After_a_crash_what_the_checkpoint_has_and_what_the_journal_has_are_counted_once()
    {
        await using (var store = Open())
        {
            var log = await FilledAsync(store);
            store.FlushOnce();
            store.CheckpointOnce();
            log.Append(TestBatches.Batch(5), new LeaderEpoch(1));
            store.FlushOnce();
            // Behind the checkpoint: cut off by the next start, and counted again as it is replayed.
            store.SettleOnce();
        }

        await using var again = Open();
        Assert.Equal(17, again.Find(Orders)!.RecordCount);
        Assert.False(again.CountRecordsOnce());
    }

    [Fact]
    public async Task A_start_between_the_records_of_a_batch_counts_those_behind_it()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(TestBatches.Batch(10), new LeaderEpoch(1));
        log.Append(TestBatches.Batch(10), new LeaderEpoch(1));
        store.FlushOnce();
        await log.AdvanceStartOffsetAsync(new Offset(4));
        // In memory, and in the segment.
        Assert.Equal(16, log.RecordCount);
        store.SettleOnce();
        Assert.Equal(16, log.RecordCount);
        await log.AdvanceStartOffsetAsync(new Offset(13));
        Assert.Equal(7, log.RecordCount);
        Assert.False(store.CountRecordsOnce());
    }

    [Fact]
    public async Task A_start_inside_a_segment_with_control_batches_is_counted_from_their_headers_a_few_at_a_time()
    {
        await using var store = Open();
        var log = await FilledAsync(store, LogConfig.Default);
        store.FlushOnce();
        store.SettleOnce();
        Assert.Equal(1, log.SegmentCount);
        await log.AdvanceStartOffsetAsync(new Offset(8));
        // Batches lie at 0, 3, 6 (control), 7, 10, 13 (control): until headers are read it may be one too few or too many, and no more.
        Assert.InRange(log.RecordCount, 4, 6);
        Assert.True(store.CountRecordsOnce(batches: 1));
        Assert.True(store.CountRecordsOnce(batches: 1));
        while (store.CountRecordsOnce(batches: 1))
        {
        }

        Assert.Equal(5, log.RecordCount);
        log.Append(TestBatches.Batch(2), new LeaderEpoch(1));
        Assert.Equal(7, log.RecordCount);
    }

    [Fact]
    public async Task A_segment_that_was_cut_is_counted_again()
    {
        await using var store = Open();
        var log = await FilledAsync(store, LogConfig.Default);
        store.FlushOnce();
        await log.TruncateAsync(new Offset(10));
        Assert.Equal(10, log.RecordCount);
        Assert.False(store.CountRecordsOnce());
        Assert.Equal(9, log.RecordCount);
        log.Append(TestBatches.Batch(2), new LeaderEpoch(1));
        Assert.Equal(11, log.RecordCount);
    }

    [Fact]
    public async Task Retention_takes_the_records_of_its_segments_with_it()
    {
        await using var store = Open();
        var log = await FilledAsync(store, Config with { RetentionBytes = 1 });
        store.FlushOnce();
        store.SettleOnce();
        log.HighWatermark = log.EndOffset;
        Assert.True(log.ApplyRetention() > 0);
        var left = log.ReadAll(log.StartOffset).Where(b => !b.Header.IsControl).Sum(b => b.Header.RecordCount);
        Assert.InRange(left, 0, 11);
        Assert.Equal(left, log.RecordCount);
    }

    [Fact]
    public async Task A_checkpoint_without_counts_is_read_and_they_are_counted_behind_the_start()
    {
        await using (var store = Open())
        {
            await FilledAsync(store);
            store.FlushOnce();
            await store.CloseCleanlyAsync(CancellationToken.None);
        }

        WithoutCounts(Path.Combine(_folder, "log-checkpoint"));
        await using (var store = Open(threads: true))
        {
            var log = store.Find(Orders)!;
            Assert.True(SpinWait.SpinUntil(() => log.RecordCount == 12, TimeSpan.FromSeconds(30)), $"{log.RecordCount} records are counted");
            await store.CloseCleanlyAsync(CancellationToken.None);
        }

        await using var last = Open();
        Assert.Equal(12, last.Find(Orders)!.RecordCount);
        Assert.False(last.CountRecordsOnce());
    }

    private static void WithoutCounts(string path)
    {
        var lines = File.ReadAllText(path).Split('\n')[..^2];
        Assert.Contains(':', lines[2]);
        lines[2] = string.Join(' ', lines[2].Split(' ')[..11]);
        var text = string.Join('\n', lines) + "\n";
        File.WriteAllText(path, $"{text}{Crc32C.Compute(Encoding.ASCII.GetBytes(text)):x8}\n");
    }

    // 3 + 3 records, a control batch, 3 + 3 records, a control batch.
    private static async Task<IPartitionLog> FilledAsync(LogStore store, LogConfig? config = null)
    {
        var log = await store.CreateAsync(Orders, "orders", config ?? Config);
        for (var i = 0; i < 2; i++)
        {
            log.Append(TestBatches.Batch(3), new LeaderEpoch(1));
            log.Append(TestBatches.Batch(3), new LeaderEpoch(1));
            using var builder = new RecordBatchBuilder { IsControl = true };
            builder.Append(1000, [0, 0, 0, 1], [0, 0, 0, 0, 0, 0]);
            log.Append(builder.Build().ToArray(), new LeaderEpoch(1));
        }

        return log;
    }

    private LogStore Open(bool threads = false) => LogStore.Open(
        OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = threads, MinFreeBytes = 0 }, _ => Config, TimeProvider.System, NullLogger.Instance);
}

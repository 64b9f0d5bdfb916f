using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Storage.Tests;

/// <summary>How old the record at an offset is, and how long it stays: lag in time comes from this.</summary>
public sealed class BatchPlaceTests : IDisposable
{
    private const long StartMs = 1_800_000_000_000;
    private const int RecordsPerBatch = 3;

    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    private static readonly LeaderEpoch Epoch = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-place-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_offset_is_in_the_batch_that_holds_it_in_memory_and_in_segments()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 2000, IndexIntervalBytes = 300 });
        for (var i = 0; i < 60; i++)
        {
            log.Append(TestBatches.Batch(RecordsPerBatch, StartMs + (i * 1000), valueBytes: 50), Epoch);
        }

        CheckAll(log, mayReadFiles: false);
        store.FlushOnce();
        store.SettleOnce();
        Assert.True(log.SegmentCount > 5);
        CheckAll(log, mayReadFiles: true);
        // What is in files is not looked up unless files may be read.
        Assert.Null(log.Locate(Offset.Zero, mayReadFiles: false));
        Assert.Null(log.Locate(log.EndOffset, mayReadFiles: true));
        // Of segments that are closed the indexes are still known, which is no reason to keep them open.
        store.CheckpointOnce();
        store.CloseIdleFilesOnce();
        store.CloseIdleFilesOnce();
        Assert.Equal(0, OpenFiles());
        CheckAll(log, mayReadFiles: true);
        Assert.Equal(0, OpenFiles());
    }

    [Fact]
    public async Task A_segment_that_nobody_reads_is_looked_at_without_keeping_its_files_or_its_indexes()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 20_000, IndexIntervalBytes = 300 });
        for (var i = 0; i < 600; i++)
        {
            log.Append(TestBatches.Batch(RecordsPerBatch, StartMs + (i * 1000), valueBytes: 50), Epoch);
        }

        store.FlushOnce();
        await store.CloseCleanlyAsync(default);
        await store.DisposeAsync();

        store = Open();
        log = store.Find(Orders)!;
        Assert.True(log.SegmentCount > 5);
        CheckAll(log, mayReadFiles: true);
        Assert.Equal(0, OpenFiles());
        // Every record of a segment is as old as its segment at most.
        var first = log.Locate(Offset.Zero, mayReadFiles: true)!;
        var perSegment = 0;
        while (log.Locate(new Offset(RecordsPerBatch * (perSegment + 1)), mayReadFiles: true)!.SegmentMaxTimestampMs == first.SegmentMaxTimestampMs)
        {
            perSegment++;
        }

        Assert.Equal(StartMs + (perSegment * 1000) + RecordsPerBatch - 1, first.SegmentMaxTimestampMs);
        // A reader loads what the look did not, and says the same.
        log.ReadAll(Offset.Zero);
        CheckAll(log, mayReadFiles: true);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Indexes_that_are_gone_or_wrong_make_no_difference()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { IndexIntervalBytes = 300 });
        for (var i = 0; i < 60; i++)
        {
            log.Append(TestBatches.Batch(RecordsPerBatch, StartMs + (i * 1000), valueBytes: 50), Epoch);
        }

        store.FlushOnce();
        await store.CloseCleanlyAsync(default);
        await store.DisposeAsync();
        var index = Assert.Single(Directory.GetFiles(_folder, "*.index", SearchOption.AllDirectories));
        var bytes = File.ReadAllBytes(index);
        foreach (var position in Enumerable.Range(0, bytes.Length / 8).Select(i => (i * 8) + 7))
        {
            // No batch begins there.
            bytes[position] += 1;
        }

        foreach (var damaged in new[] { bytes, null })
        {
            if (damaged is null)
            {
                File.Delete(index);
            }
            else
            {
                File.WriteAllBytes(index, damaged);
            }

            store = Open();
            if (damaged is null)
            {
                CheckAll(store.Find(Orders)!, mayReadFiles: true);
            }
            else
            {
                // Not known, and not for this to judge.
                Assert.Null(store.Find(Orders)!.Locate(new Offset(150), mayReadFiles: true));
                Assert.Null(store.Find(Orders)!.FenceReason);
            }

            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_offset_below_the_start_is_the_first_record_that_is_left()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 1000, RetentionMs = 10_000 });
        Append(store, log, 10, StartMs);
        Append(store, log, 10, StartMs + 60_000);
        var advancing = log.AdvanceStartOffsetAsync(new Offset(RecordsPerBatch * 4)).AsTask();
        while (!advancing.IsCompleted)
        {
            store.FlushOnce();
        }

        await advancing;
        Assert.Equal(new Offset(RecordsPerBatch * 4), log.Locate(Offset.Zero, mayReadFiles: true)!.BaseOffset);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(log.ApplyRetention() > 0);
        var first = log.Locate(Offset.Zero, mayReadFiles: true)!;
        Assert.True(first.Holds(log.StartOffset));
        Assert.Equal(StartMs + 60_000, log.Locate(new Offset(RecordsPerBatch * 10), mayReadFiles: true)!.TimestampMs);
    }

    [Fact]
    public async Task The_time_is_the_first_records_or_of_the_append_or_the_greatest_there_is()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default);
        log.Append(Changed(TestBatches.Batch(2, 5000), h => h), Epoch);
        log.Append(Changed(TestBatches.Batch(2, 5000), h => h with { Attributes = 8, MaxTimestamp = 9000 }), Epoch);
        log.Append(Changed(TestBatches.Batch(2, 5000), h => h with { BaseTimestamp = -1, MaxTimestamp = 7000 }), Epoch);
        log.Append(Changed(TestBatches.Batch(2, 5000), h => h with { BaseTimestamp = -1, MaxTimestamp = -1 }), Epoch);
        Assert.Equal([5000, 9000, 7000, -1], Enumerable.Range(0, 4).Select(i => log.Locate(new Offset(i * 2), mayReadFiles: false)!.TimestampMs));
    }

    private static byte[] Changed(byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change)
    {
        RecordBatchHeader.TryRead(batch, out var header);
        RecordBatchHeader.WriteWithCrc(batch, change(header));
        return batch;
    }

    private static void CheckAll(IPartitionLog log, bool mayReadFiles)
    {
        for (var offset = 0L; offset < log.EndOffset.Value; offset++)
        {
            var batch = offset / RecordsPerBatch;
            var place = log.Locate(new Offset(offset), mayReadFiles);
            Assert.NotNull(place);
            Assert.Equal((new Offset(batch * RecordsPerBatch), new Offset((batch + 1) * RecordsPerBatch), StartMs + (batch * 1000)), (place.BaseOffset, place.NextOffset, place.TimestampMs));
            Assert.True(place.Holds(new Offset(offset)));
            Assert.True(place.SegmentMaxTimestampMs >= place.TimestampMs + RecordsPerBatch - 1);
        }
    }

    private void Append(LogStore store, IPartitionLog log, int batches, long timestampMs)
    {
        for (var i = 0; i < batches; i++)
        {
            Assert.Equal(LogFault.None, log.Append(TestBatches.Batch(RecordsPerBatch, timestampMs, valueBytes: 100), Epoch).Fault);
        }

        store.FlushOnce();
        store.SettleOnce();
        log.HighWatermark = log.FlushedOffset;
    }

    private int OpenFiles() => new DirectoryInfo("/proc/self/fd").GetFiles().Count(f => f.LinkTarget?.StartsWith(Path.Combine(_folder, "topics"), StringComparison.Ordinal) == true);

    private LogStore Open() =>
        LogStore.Open(OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0 }, _ => LogConfig.Default, _time, NullLogger.Instance);
}

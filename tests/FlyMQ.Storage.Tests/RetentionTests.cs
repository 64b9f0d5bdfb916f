using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Storage.Tests;

public sealed class RetentionTests : IDisposable
{
    private const long StartMs = 1_800_000_000_000;

    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    private static readonly LeaderEpoch Epoch = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-retention-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_segment_goes_when_its_newest_record_is_too_old_the_last_one_too()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 1000, RetentionMs = 60_000 });
        Append(store, log, 10, StartMs);
        Append(store, log, 10, StartMs + 30_000);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, log.ApplyRetention());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(log.ApplyRetention(), 1, 10);
        Assert.InRange(log.StartOffset.Value, 5, 10);
        Assert.Equal(new Offset(20), log.EndOffset);
        _time.Advance(TimeSpan.FromSeconds(30));
        log.ApplyRetention();
        Assert.Equal((new Offset(20), new Offset(20), 0L), (log.StartOffset, log.EndOffset, log.SizeInBytes));
        Append(store, log, 1, StartMs + 91_000);
        Assert.Equal(new Offset(20), Assert.Single(log.ReadAll(log.StartOffset)).Header.BaseOffset);
        await store.DisposeAsync();
        store = Open();
        Assert.Equal((new Offset(20), new Offset(21)), (store.Find(Orders)!.StartOffset, store.Find(Orders)!.EndOffset));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_above_the_high_watermark_and_nothing_of_a_compacted_topic_is_deleted()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 1000, RetentionMs = 1, RetentionBytes = 1 });
        Append(store, log, 30, StartMs);
        _time.Advance(TimeSpan.FromHours(1));
        log.HighWatermark = new Offset(12);
        log.ApplyRetention();
        Assert.InRange(log.StartOffset.Value, 1, 12);
        var start = log.StartOffset;
        log.HighWatermark = log.EndOffset;
        log.Config = log.Config with { Delete = false };
        Assert.Equal(0, log.ApplyRetention());
        Assert.Equal(start, log.StartOffset);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_segment_rolls_when_a_record_is_that_much_younger_than_its_first()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentMs = 10_000 });
        Append(store, log, 2, StartMs);
        Append(store, log, 1, StartMs + 10_000);
        Assert.Equal([0], Segments());
        Append(store, log, 1, StartMs + 10_001);
        Assert.Equal([0, 3], Segments());
        await store.CloseCleanlyAsync(default);
        await store.DisposeAsync();

        // What the first record of a segment was is known after a clean start too, for the checkpoint has it.
        store = Open(LogConfig.Default with { SegmentMs = 10_000 });
        Append(store, store.Find(Orders)!, 1, StartMs + 20_002);
        Assert.Equal([0, 3, 4], Segments());
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Who_reads_a_segment_that_is_deleted_reads_on_and_its_files_go_with_the_last_reader()
    {
        var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 1000, RetentionBytes = 1 });
        Append(store, log, 30, StartMs);
        var expected = log.ReadAll(Offset.Zero)[0].Bytes;
        var reader = log.Read(Offset.Zero, log.EndOffset, expected.Length, atLeastOneBatch: true);
        Assert.True(log.ApplyRetention() > 0);
        Assert.Equal(LogFault.OffsetOutOfRange, log.Read(Offset.Zero, log.EndOffset, 1, atLeastOneBatch: true).Fault);
        Assert.Contains(0, Segments());
        var bytes = new ArrayBufferWriter<byte>();
        reader.Records!.CopyTo(bytes);
        Assert.Equal(expected, bytes.WrittenSpan.ToArray());
        reader.Records.Dispose();
        Assert.DoesNotContain(0, Segments());
        await store.DisposeAsync();
    }

    private void Append(LogStore store, IPartitionLog log, int batches, long timestampMs)
    {
        for (var i = 0; i < batches; i++)
        {
            Assert.Equal(LogFault.None, log.Append(TestBatches.Batch(1, timestampMs, valueBytes: 100), Epoch).Fault);
        }

        store.FlushOnce();
        store.SettleOnce();
        log.HighWatermark = log.FlushedOffset;
    }

    private long[] Segments()
        => [.. Directory.GetFiles(Path.Combine(_folder, "topics", "orders-0"), "*.log").Select(f => long.Parse(Path.GetFileNameWithoutExtension(f), null)).Order()];

    private LogStore Open(LogConfig? config = null)
        => LogStore.Open(OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0 }, _ => config ?? LogConfig.Default, _time, NullLogger.Instance);
}

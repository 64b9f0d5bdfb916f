using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Storage.Tests;

/// <summary>When retention may take a record, told before it does.</summary>
public sealed class RetentionHeadroomTests : IDisposable
{
    private const long StartMs = 1_800_000_000_000;

    private static readonly TopicIdPartition Orders = new(new Guid("00000000-0000-4000-8000-00000000abcd"), 0);
    private static readonly LeaderEpoch Epoch = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-headroom-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
    private readonly int _batchBytes = TestBatches.Batch(1, StartMs, valueBytes: 100).Length;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task By_time_it_ends_when_the_segments_youngest_record_is_too_old_which_is_when_it_goes()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 4 * _batchBytes, RetentionMs = 60_000 });
        // Four to a segment: 0–3 end at 3 s, 4–7 at 7 s.
        for (var i = 0; i < 8; i++)
        {
            Append(store, log, 1, StartMs + (i * 1000));
        }

        Assert.Equal(63, Headroom(log, 0));
        Assert.Equal(63, Headroom(log, 3));
        Assert.Equal(67, Headroom(log, 4));
        _time.Advance(TimeSpan.FromSeconds(63));
        Assert.Equal(0, Headroom(log, 0));
        Assert.Equal(4, Headroom(log, 4));
        Assert.Equal(0, log.ApplyRetention());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, log.ApplyRetention());
        Assert.Equal(new Offset(4), log.StartOffset);
        // Who has not read yet what is gone reads on with the first that is left.
        Assert.Equal(3.999, Headroom(log, 0));
    }

    [Fact]
    public async Task The_segment_that_is_appended_to_grows_younger_with_what_comes()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { RetentionMs = 60_000 });
        Append(store, log, 1, StartMs);
        var place = log.Locate(Offset.Zero, mayReadFiles: true)!;
        Assert.Equal(60, log.RetentionHeadroomSeconds(Offset.Zero, place));
        Append(store, log, 1, StartMs + 20_000);
        // The same answer of before is good enough.
        Assert.Equal(80, log.RetentionHeadroomSeconds(Offset.Zero, place));
    }

    [Fact]
    public async Task By_size_it_is_what_has_to_come_by_the_rate_at_which_it_comes()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 4 * _batchBytes, RetentionMs = -1, RetentionBytes = 10 * _batchBytes });
        Append(store, log, 10, StartMs);
        // How fast it grows is not known yet.
        Assert.Null(Headroom(log, 0));
        _time.Advance(TimeSpan.FromSeconds(10));
        Append(store, log, 1, StartMs);
        // A batch in ten seconds; behind the segment of 0 are 7, behind that of 4 are 3: 3 and 7 have to come.
        Assert.Equal(30, Headroom(log, 0)!.Value, 6);
        Assert.Equal(70, Headroom(log, 4)!.Value, 6);
        // The one that is appended to holds 3 of 4 and ends after one more; then ten have to come.
        Assert.Equal(110, Headroom(log, 8)!.Value, 6);
        Append(store, log, 3, StartMs);
        Assert.Equal(0, Headroom(log, 0));
        Assert.Equal(1, log.ApplyRetention());
        Assert.Equal(new Offset(4), log.StartOffset);
        Assert.Equal(0, log.ApplyRetention());
    }

    [Fact]
    public async Task By_size_the_segment_that_is_appended_to_also_ends_by_its_age()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { RetentionMs = -1, RetentionBytes = 10 * _batchBytes, SegmentMs = 60_000 });
        Append(store, log, 1, StartMs);
        Headroom(log, 0);
        _time.Advance(TimeSpan.FromSeconds(10));
        Append(store, log, 1, StartMs + 10_000);
        Assert.Equal(50 + 100, Headroom(log, 0)!.Value, 6);
    }

    [Fact]
    public async Task The_limit_that_comes_first_counts_and_without_a_limit_there_is_nothing_to_tell()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 4 * _batchBytes, RetentionMs = 40_000, RetentionBytes = 10 * _batchBytes });
        Append(store, log, 10, StartMs);
        Assert.Equal(40, Headroom(log, 0));
        _time.Advance(TimeSpan.FromSeconds(5));
        Append(store, log, 1, StartMs);
        Assert.Equal(15, Headroom(log, 0)!.Value, 6);
        log.Config = log.Config with { RetentionBytes = -1 };
        Assert.Equal(35, Headroom(log, 0));
        log.Config = log.Config with { RetentionMs = -1 };
        Assert.Null(Headroom(log, 0));
        log.Config = log.Config with { RetentionMs = 1, Delete = false };
        Assert.Null(Headroom(log, 0));
    }

    [Fact]
    public async Task A_log_that_has_stopped_growing_slowly_seems_to_have_more_time()
    {
        await using var store = Open();
        var log = await store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 4 * _batchBytes, RetentionMs = -1, RetentionBytes = 10 * _batchBytes });
        Append(store, log, 5, StartMs);
        Headroom(log, 0);
        _time.Advance(TimeSpan.FromSeconds(10));
        Append(store, log, 1, StartMs);
        // 8 have to come, at one in ten seconds.
        Assert.Equal(80, Headroom(log, 0)!.Value, 6);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(80 * Math.E, Headroom(log, 0)!.Value, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        // Too soon for another look.
        Assert.Equal(80 * Math.E, Headroom(log, 0)!.Value, 3);
    }

    private static double? Headroom(IPartitionLog log, long offset) => log.RetentionHeadroomSeconds(new Offset(offset), log.Locate(new Offset(offset), mayReadFiles: true)!);

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

    private LogStore Open() =>
        LogStore.Open(OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0 }, _ => LogConfig.Default, _time, NullLogger.Instance);
}

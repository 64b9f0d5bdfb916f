using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Simulation.Disk;
using FlyMQ.Storage;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Simulation.Storage;

/// <summary><c>storage.min_free_bytes</c>: who is refused below it, who is not, and that everybody goes on when there is room again.</summary>
public class FullDiskTests
{
    private const long MinFreeBytes = 1 << 20;

    private readonly SimulatedDisk _disk = new(new Random(1));
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Below_the_reserve_clients_are_refused_and_internal_topics_go_on()
    {
        var store = Open();
        var orders = await store.CreateAsync(new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0), "orders", LogConfig.Default);
        var offsets = await store.CreateAsync(
            new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), 0), "__consumer_offsets", LogConfig.Default with { MayUseReserve = true });
        Assert.Equal(LogFault.None, Append(store, orders));
        _disk.Capacity = _disk.UsedBytes + MinFreeBytes - 1;
        Watch(store);
        Assert.True(store.IsFull);
        Assert.Equal(LogFault.StorageFull, Append(store, orders));
        Assert.Equal(LogFault.None, Append(store, offsets));
        Assert.NotNull(orders.Read(Offset.Zero, orders.EndOffset, 1, atLeastOneBatch: true).Records);
        _disk.Capacity = _disk.UsedBytes + (2 * MinFreeBytes);
        Watch(store);
        Assert.False(store.IsFull);
        Assert.Equal(LogFault.None, Append(store, orders));
        Assert.Equal(new Offset(2), orders.FlushedOffset);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task What_the_journal_has_no_room_for_is_not_acknowledged_until_there_is_some_and_then_kept()
    {
        var store = Open(minFreeBytes: 0);
        var id = new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0);
        var orders = await store.CreateAsync(id, "orders", LogConfig.Default);
        Assert.Equal(LogFault.None, Append(store, orders));
        _disk.Capacity = _disk.UsedBytes;
        Assert.Equal(LogFault.None, Append(store, orders));
        Assert.Equal(new Offset(1), orders.FlushedOffset);
        Assert.Null(store.Failure);
        Assert.True(store.IsFull);
        Assert.Equal(LogFault.StorageFull, Append(store, orders, flush: false));

        _disk.Capacity = long.MaxValue;
        Assert.True(store.FlushOnce());
        Assert.False(store.IsFull);
        Assert.Equal(new Offset(2), orders.FlushedOffset);
        Assert.Equal(LogFault.None, Append(store, orders));
        Assert.Equal(new Offset(3), orders.FlushedOffset);
        _disk.Kill();
        Assert.Equal(new Offset(3), Open(minFreeBytes: 0).Find(id)!.EndOffset);
    }

    [Fact]
    public async Task Without_room_for_the_journal_internal_topics_go_on_for_as_long_as_there_is_memory_and_deletions_fail_at_once()
    {
        var store = Open(minFreeBytes: 0);
        var offsets = await store.CreateAsync(
            new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), 0), "__consumer_offsets", LogConfig.Default with { MayUseReserve = true });
        Assert.Equal(LogFault.None, Append(store, offsets));
        _disk.Capacity = _disk.UsedBytes;
        var taken = 0;
        while (Append(store, offsets) is var fault && fault != LogFault.StorageFull)
        {
            Assert.Equal(LogFault.None, fault);
            Assert.True(++taken < 100_000, "nothing bounds what waits for the journal");
        }

        Assert.InRange(taken, 1, 100_000);
        await Assert.ThrowsAsync<StorageFullException>(() => offsets.AdvanceStartOffsetAsync(new Offset(1)).AsTask());

        _disk.Capacity = long.MaxValue;
        Assert.True(store.FlushOnce());
        store.SettleOnce();
        Assert.Equal(LogFault.None, Append(store, offsets));
        Assert.Equal(offsets.EndOffset, offsets.FlushedOffset);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_without_room_for_the_journal_leaves_no_marker_of_a_clean_one()
    {
        var store = Open(minFreeBytes: 0);
        var id = new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0);
        var orders = await store.CreateAsync(id, "orders", LogConfig.Default);
        Append(store, orders);
        _disk.Capacity = _disk.UsedBytes;
        Append(store, orders);
        await store.CloseCleanlyAsync(TestContext.Current.CancellationToken);
        await store.DisposeAsync();
        _disk.Capacity = long.MaxValue;
        // The journal is replayed, so the record that was acknowledged is there, and the other, which nobody was told of, may be.
        Assert.True(Open(minFreeBytes: 0).Find(id)!.EndOffset >= new Offset(1));
    }

    [Fact]
    public async Task What_cannot_be_settled_for_want_of_room_is_served_from_memory_and_settled_later()
    {
        var store = Open(minFreeBytes: 0);
        var orders = await store.CreateAsync(new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0), "orders", LogConfig.Default);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(LogFault.None, Append(store, orders));
        }

        _disk.Capacity = _disk.UsedBytes;
        store.SettleOnce();
        store.CheckpointOnce();
        Assert.Null(store.Failure);
        Assert.True(store.LacksRoom);
        Assert.Equal((new Offset(20), Offset.Zero), (orders.FlushedOffset, orders.TailStartOffset));
        Assert.NotNull(orders.Read(new Offset(7), orders.EndOffset, 1, atLeastOneBatch: true).Records);
        _disk.Capacity = long.MaxValue;
        store.SettleOnce();
        Assert.Equal(new Offset(20), orders.TailStartOffset);
        Assert.False(store.LacksRoom);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_recovery_without_room_is_refused_in_words_and_loses_nothing()
    {
        var store = Open(minFreeBytes: 0);
        var id = new TopicIdPartition(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0);
        var orders = await store.CreateAsync(id, "orders", LogConfig.Default);
        for (var i = 0; i < 20; i++)
        {
            Append(store, orders);
        }

        _disk.Kill();
        _disk.Capacity = _disk.UsedBytes;
        Assert.Contains("room", Assert.ThrowsAny<IOException>(() => Open(minFreeBytes: 0)).Message, StringComparison.Ordinal);
        _disk.Kill();
        _disk.Capacity = long.MaxValue;
        Assert.Equal(new Offset(20), Open(minFreeBytes: 0).Find(id)!.EndOffset);
    }

    private static LogFault Append(LogStore store, IPartitionLog log, bool flush = true)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1, null, new byte[1000]);
        var bytes = builder.Build();
        RecordBatchHeader.TryRead(bytes, out var header);
        var fault = log.Append(new ReadOnlySequence<byte>(bytes), header, log.EndOffset, new LeaderEpoch(1)).Fault;
        if (flush)
        {
            store.FlushOnce();
        }

        return fault;
    }

    private void Watch(LogStore store)
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        store.WatchSpaceOnce();
    }

    private LogStore Open(long minFreeBytes = MinFreeBytes) => LogStore.Open(
        _disk, new LogStoreOptions { DataDir = "/data", Threads = false, MinFreeBytes = minFreeBytes, JournalFileBytes = 1 << 20, ChunkBytes = 64 << 10, TailMemoryBytes = 4 << 20 }, _ => LogConfig.Default,
        _time, NullLogger.Instance);
}

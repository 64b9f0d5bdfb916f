using System.Buffers;
using System.Collections.Immutable;
using FlyMQ.Broker.Lag;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Coordination;
using FlyMQ.Coordination.Groups;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Partitions;
using FlyMQ.Records;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Broker.Tests.Lag;

/// <summary>Lag in time over a real log whose records are as old as the test says: record n of a topic is n seconds younger than its first.</summary>
public sealed class GroupLagsTests : IAsyncLifetime
{
    private const long StartMs = 1_800_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-lag-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
    private readonly InMemoryMetadataQuorum _metadata = new();
    private readonly PartitionSet _partitions = new();
    private readonly List<Offset> _filesRead = [];
    private LogStore _logs = null!;
    private GroupLags _lags = null!;
    private Action _beforeFiles = static () => { };

    public async ValueTask InitializeAsync()
    {
        _logs = LogStore.Open(
            OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0 }, _ => LogConfig.Default, _time, NullLogger.Instance);
        _lags = new GroupLags(_partitions, _time, NullLogger.Instance, (log, offset) =>
        {
            _beforeFiles();
            _filesRead.Add(offset);
            return log.Locate(offset, mayReadFiles: true);
        });
        await _metadata.ProposeAsync(new InitializeCluster(Guid.NewGuid(), Guid.NewGuid(), ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal)));
        await _metadata.ProposeAsync(new RegisterBroker(Guid.NewGuid(), 0, Guid.NewGuid(), [], null, StartFenced: false));
    }

    public async ValueTask DisposeAsync()
    {
        await _lags.DisposeAsync();
        await _logs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_group_is_behind_by_the_age_of_the_first_record_it_has_not_committed()
    {
        var orders = await CreateAsync("orders");
        Append(orders, 10);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([(10, 60.0), (6, 56.0), (1, 51.0), (0, 0.0)], await LagsAsync(orders, 0, 4, 9, 10));
        // Nothing of it was in files yet.
        Assert.Empty(_filesRead);
    }

    [Fact]
    public async Task A_look_that_fails_keeps_nobody_else_from_being_looked_at_and_is_tried_again()
    {
        var orders = await CreateAsync("orders");
        Append(orders, 10);
        Settle();
        _time.Advance(TimeSpan.FromSeconds(60));
        var failures = 1;
        _beforeFiles = () =>
        {
            if (failures-- > 0)
            {
                throw new InvalidOperationException("a defect");
            }
        };
        // One of two groups is unlucky, whichever is looked at first.
        var unlucky = await _lags.TakeAsync([Group("g0", orders, 2), Group("g1", orders, 4)], _metadata.Image, default);
        Assert.Equal(1, unlucky.Pending);
        Assert.Single(unlucky.Groups.SelectMany(g => g.Partitions), p => p.Seconds is null);
        Assert.Equal([(8, 58.0), (6, 56.0)], await LagsAsync(orders, 2, 4));
    }

    [Fact]
    public async Task What_is_in_files_is_read_once_for_as_long_as_the_group_stays_in_the_batch()
    {
        var orders = await CreateAsync("orders");
        Append(orders, 10, recordsPerBatch: 4);
        Settle();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([(38, 60.0)], await LagsAsync(orders, 2));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([(38, 65.0)], await LagsAsync(orders, 2));
        Assert.Equal([(37, 65.0)], await LagsAsync(orders, 3));
        Assert.Single(_filesRead);
        // The next batch.
        Assert.Equal([(36, 64.0)], await LagsAsync(orders, 4));
        Assert.Equal([new Offset(2), new Offset(4)], _filesRead);
        // Caught up, and behind again: what was known is not kept.
        Assert.Equal([(0, 0.0)], await LagsAsync(orders, 40));
        Assert.Equal(0, _lags.Known);
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_holds_up_nobody_and_the_answer_of_before_holds()
    {
        var orders = await CreateAsync("orders");
        Append(orders, 10);
        Settle();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([(9, 59.0)], await LagsAsync(orders, 1));

        using var disk = new SemaphoreSlim(0);
        _beforeFiles = disk.Wait;
        var asking = _lags.TakeAsync([Group("g0", orders, 5), Group("new", orders, 5)], _metadata.Image, default).AsTask();
        await Until.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                return Task.FromResult(asking.IsCompleted);
            },
            "the answer");
        var told = await asking;
        Assert.Equal(2, told.Pending);
        // Of a record that is older than the one that is asked for, so that it is rather too much.
        Assert.Equal(5, told.Groups[0].Partitions[0].Records);
        Assert.InRange(told.Groups[0].Partitions[0].Seconds!.Value, 59.01, 61);
        // Not known yet, which is not zero.
        Assert.Equal(5, told.Groups[1].Partitions[0].Records);
        Assert.Null(told.Groups[1].Partitions[0].Seconds);
        // A group that went back would be told too little.
        var back = _lags.TakeAsync([Group("g0", orders, 0)], _metadata.Image, default).AsTask();
        await Until.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                return Task.FromResult(back.IsCompleted);
            },
            "the answer");
        Assert.Null((await back).Groups[0].Partitions[0].Seconds);

        disk.Release(100);
        await Until.TrueAsync(async () => (await _lags.TakeAsync([Group("g0", orders, 5), Group("new", orders, 5)], _metadata.Image, default)).Pending == 0, "the files");
        Assert.Equal(2, _lags.Known);
    }

    [Fact]
    public async Task Who_committed_below_the_start_is_behind_by_what_is_left()
    {
        var orders = await CreateAsync("orders");
        Append(orders, 10);
        Settle();
        var deleting = orders.DeleteRecordsAsync(new Offset(4));
        while (!deleting.IsCompleted)
        {
            _logs.FlushOnce();
        }

        await deleting;
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([(6, 56.0), (6, 56.0)], await LagsAsync(orders, 0, 4));
    }

    [Fact]
    public async Task Records_of_the_future_are_no_lag_and_records_without_a_time_have_none()
    {
        var orders = await CreateAsync("orders");
        Append(orders, 10);
        Assert.Equal([(5, 0.0)], await LagsAsync(orders, 5));
        var timeless = await CreateAsync("timeless");
        using var builder = new RecordBatchBuilder();
        AppendBatch(timeless, builder.Append(-1, null, new byte[10]).Build());
        Assert.Equal([(1, null)], await LagsAsync(timeless, 0));
    }

    [Fact]
    public async Task A_topic_that_is_created_again_knows_nothing_of_the_one_before()
    {
        var before = await CreateAsync("orders");
        Append(before, 10);
        Settle();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([(10, 60.0)], await LagsAsync(before, 0));
        await DeleteAsync(before);
        Assert.Empty(await LagsAsync(before, 0));
        Assert.Equal(0, _lags.Known);

        var after = await CreateAsync("orders");
        Append(after, 3);
        Settle();
        // The offset of the topic before is none of the one after.
        Assert.Empty(await LagsAsync(before, 0));
        Assert.Equal([(3, 60.0)], await LagsAsync(after, 0));
        Assert.Equal(1, _lags.Known);
        await _lags.TakeAsync([], _metadata.Image, default);
        Assert.Equal(0, _lags.Known);
    }

    [Fact]
    public async Task Headroom_is_what_is_left_of_the_segments_time_and_nothing_for_who_has_caught_up()
    {
        var orders = await CreateAsync("orders");
        orders.Log.Config = LogConfig.Default with { RetentionMs = 100_000 };
        Append(orders, 10);
        Settle();
        _time.Advance(TimeSpan.FromSeconds(60));
        var lags = await _lags.TakeAsync([Group("g", orders, 3), Group("h", orders, 10)], _metadata.Image, default);
        Assert.Equal(49, lags.Groups[0].Partitions[0].HeadroomSeconds);
        Assert.Null(lags.Groups[1].Partitions[0].HeadroomSeconds);
    }

    [Fact]
    public async Task Partitions_that_were_never_committed_count_while_their_topic_is_there()
    {
        var orders = await CreateAsync("orders");
        var group = Group("g", orders, 0) with { Uncommitted = [("orders", 0), ("orders", 1), ("gone", 0)] };
        Assert.Equal(1, (await _lags.TakeAsync([group], _metadata.Image, default)).Groups[0].Uncommitted);
    }

    /// <summary>A group for each offset: how many records and seconds it is behind.</summary>
    private async Task<List<(long, double?)>> LagsAsync(Partition partition, params long[] committed)
    {
        var told = await _lags.TakeAsync([.. committed.Select((offset, i) => Group($"g{i}", partition, offset))], _metadata.Image, default);
        Assert.Equal(0, told.Pending);
        return [.. told.Groups.SelectMany(g => g.Partitions).Select(p => (p.Records, p.Seconds))];
    }

    private static GroupFigures Group(string id, Partition partition, long committed) => new()
    {
        GroupId = id,
        State = GroupState.Empty,
        Members = 0,
        Counters = new GroupCounters(),
        LastRebalanceMs = null,
        LastCommitMs = null,
        Committed = [new CommittedFigure(partition.Topic, partition.Id.TopicId, partition.Id.Partition, committed)],
        Uncommitted = [],
    };

    private async Task<Partition> CreateAsync(string topic)
    {
        var id = Guid.NewGuid();
        var created = await _metadata.ProposeAsync(new CreateTopics(Guid.NewGuid(), [new NewTopic(
            id, topic, IsInternal: false, [[0]], ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal))]));
        Assert.True(created.IsOk && created.Items[0].Error == Protocol.ErrorCode.None, created.ToString());
        var log = await _logs.CreateAsync(new TopicIdPartition(id, 0), topic, LogConfig.Default);
        var partition = new Partition(log, SyncMode.Commit, new PartitionRules(), new ProducerOptions(), _time, NullLogger.Instance);
        partition.Lead(new LeaderEpoch(1));
        _partitions.Add(partition);
        return partition;
    }

    private async Task DeleteAsync(Partition partition)
    {
        await _metadata.ProposeAsync(new DeleteTopics(Guid.NewGuid(), [partition.Id.TopicId]));
        _partitions.Remove(partition);
        await _logs.DeleteAsync(partition.Id);
    }

    private void Append(Partition partition, int batches, int recordsPerBatch = 1)
    {
        for (var i = 0; i < batches; i++)
        {
            using var builder = new RecordBatchBuilder();
            for (var r = 0; r < recordsPerBatch; r++)
            {
                builder.Append(StartMs + (i * 1000), null, new byte[10]);
            }

            AppendBatch(partition, builder.Build());
        }
    }

    private void AppendBatch(Partition partition, byte[] batch)
    {
        Assert.Equal(Protocol.ErrorCode.None, partition.Append(new ReadOnlySequence<byte>(batch), new AppendOptions(-1)).Error);
        _logs.FlushOnce();
    }

    private void Settle() => _logs.SettleOnce();
}

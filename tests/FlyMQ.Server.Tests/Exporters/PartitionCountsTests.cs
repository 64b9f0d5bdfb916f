using System.Buffers;
using System.Collections.Immutable;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Partitions;
using FlyMQ.Records;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Server.Tests.Exporters;

/// <summary>Three brokers' metadata, and what each says of its partitions: the sum counts each partition once.</summary>
public sealed class PartitionCountsTests : IAsyncDisposable
{
    private static readonly Guid Topic = new("00000000-0000-4000-8000-00000000abcd");
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-counts-").FullName;
    private readonly InMemoryMetadataQuorum _metadata = new(1);
    private LogStore _store;
    private PartitionSet _local = new();
    private readonly Dictionary<int, long> _epochs = [];

    public PartitionCountsTests() => _store = Open();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task All_is_well_where_every_replica_is_in_sync_and_every_log_is_open()
    {
        await ClusterAsync();
        Assert.Equal(new PartitionCounts(Hosted: 3, Led: 2, Offline: 0, UnderReplicated: 0, UnderMinIsr: 0), Of(1));
        Assert.Equal(3, Of(1).Hosted);
        Assert.Equal((2, 1), (Of(2).Hosted, Of(2).Led));
        Assert.Equal((2, 0), (Of(3).Hosted, Of(3).Led));
    }

    [Fact]
    public async Task A_replica_that_fell_behind_counts_on_its_leader_and_against_min_isr_only_where_that_is_missed()
    {
        await ClusterAsync();
        await ShrinkAsync(partition: 0, 1, 2);
        Assert.Equal((1, 0), (Of(1).UnderReplicated, Of(1).UnderMinIsr));
        Assert.Equal((0, 0), (Of(2).UnderReplicated, Of(2).UnderMinIsr));
        await ShrinkAsync(partition: 0, 1);
        Assert.Equal((1, 1), (Of(1).UnderReplicated, Of(1).UnderMinIsr));
        // Partition 1 has one replica: min.insync.replicas cannot ask for two.
        Assert.Equal(0, Of(1).Offline);
    }

    [Fact]
    public async Task A_fenced_log_takes_its_partition_offline_on_the_leader_alone()
    {
        await ClusterAsync();
        // This node only follows partition 2.
        await DamageAsync(2);
        Assert.Equal(0, Of(1).Offline);
        await DamageAsync(1);
        Assert.Equal(1, Of(1).Offline);
        _local.Remove(_local.Find(new TopicIdPartition(Topic, 0))!);
        Assert.Equal(2, Of(1).Offline);
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_offline_once()
    {
        await ClusterAsync();
        await _metadata.ProposeAsync(new ChangeBrokerState(Guid.NewGuid(), 1, _epochs[1], Fenced: true, InControlledShutdown: false));
        // Partition 1 had broker 1 alone; the others have leaders again.
        Assert.Equal(1, Of(1).Offline);
        Assert.Equal(0, Of(1).Led);
        Assert.Equal(0, PartitionCounts.Of(_metadata.Image, 3, new PartitionSet()).Offline);
    }

    private PartitionCounts Of(int node) => PartitionCounts.Of(_metadata.Image, node, _local);

    // Writes something, ends, cuts it off by hand, and begins again: the log is found damaged and is fenced.
    private async Task DamageAsync(int partition)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1000, null, [1, 2, 3]);
        var batch = builder.Build();
        RecordBatchHeader.TryRead(batch, out var header);
        var log = _local.Find(new TopicIdPartition(Topic, partition))!.Log;
        log.Append(new ReadOnlySequence<byte>(batch), header, log.EndOffset, new LeaderEpoch(1));
        await _store.CloseCleanlyAsync(CancellationToken.None);
        await _store.DisposeAsync();
        File.WriteAllBytes(Path.Combine(_folder, "topics", $"orders-{partition}", "00000000000000000000.log"), []);
        _store = Open();
        await FillAsync();
        Assert.NotNull(_local.Find(new TopicIdPartition(Topic, partition))!.Log.FenceReason);
    }

    private LogStore Open() => LogStore.Open(
        OsFiles.Instance, new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0 }, _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance);

    // Partition 0 on all three, led by 1; partition 1 on 1 alone; partition 2 on all three, led by 2.
    private async Task ClusterAsync()
    {
        foreach (var broker in new[] { 1, 2, 3 })
        {
            var registered = await _metadata.ProposeAsync(new RegisterBroker(Guid.NewGuid(), broker, Guid.NewGuid(), [], null, StartFenced: false));
            _epochs[broker] = registered.Value;
        }

        var created = await _metadata.ProposeAsync(new CreateTopics(
            Guid.NewGuid(), [new NewTopic(Topic, "orders", false, [[1, 2, 3], [1], [2, 3, 1]], ImmutableSortedDictionary<string, string>.Empty)]));
        Assert.True(created.IsOk, created.Message);
        await FillAsync();
    }

    private async Task FillAsync()
    {
        _local = new PartitionSet();
        for (var i = 0; i < 3; i++)
        {
            var log = await _store.CreateAsync(new TopicIdPartition(Topic, i), "orders", LogConfig.Default);
            _local.Add(new Partition(log, SyncMode.Commit, new PartitionRules { MinInSyncReplicas = 2 }, new ProducerOptions(), TimeProvider.System, NullLogger.Instance));
        }
    }

    private async Task ShrinkAsync(int partition, params int[] isr)
    {
        var image = _metadata.Image.PartitionOrNull(new TopicIdPartition(Topic, partition))!;
        var changed = await _metadata.ProposeAsync(new AlterPartition(
            Guid.NewGuid(), image.Leader, _epochs[image.Leader], [new PartitionChange(Topic, partition, image.LeaderEpoch, image.PartitionEpoch, [.. isr])]));
        Assert.Equal(Protocol.ErrorCode.None, changed.Items[0].Error);
    }
}

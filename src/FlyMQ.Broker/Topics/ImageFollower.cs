using System.Threading.Channels;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Configs;
using FlyMQ.Partitions;
using FlyMQ.Records;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Topics;

/// <summary>
/// Makes this node's logs and partitions what the cluster's image says: creates, leads, resigns, reconfigures, deletes. One loop, in the image's order; the quorum
/// only hands changes over. Logs that no topic has are deleted once the image is known to be complete.
/// </summary>
internal sealed class ImageFollower : ILocalPartitions, IAsyncDisposable
{
    private readonly IMetadataQuorum _metadata;
    private readonly ILogStore _logs;
    private readonly PartitionSet _partitions;
    private readonly ConfigResolver _configs;
    private readonly ProducerOptions _producers;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly TopicEvents _events;
    private readonly Action<string> _failed;
    private readonly Channel<ClusterChange> _changes = Channel.CreateUnbounded<ClusterChange>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock _lock = new();
    private readonly List<(long Version, TaskCompletionSource Reached)> _waiting = [];
    private readonly int _nodeId;
    private long _version = -1;
    private IDisposable? _subscription;
    private Task _following = Task.CompletedTask;

    public ImageFollower(
        int nodeId, IMetadataQuorum metadata, ILogStore logs, PartitionSet partitions, ConfigResolver configs, ProducerOptions producers, TimeProvider time,
        ILoggerFactory loggers, Action<string> failed)
    {
        _nodeId = nodeId;
        _metadata = metadata;
        _logs = logs;
        _partitions = partitions;
        _configs = configs;
        _producers = producers;
        _time = time;
        _loggers = loggers;
        _events = new TopicEvents(loggers.CreateLogger("FlyMQ.Topics"));
        _failed = failed;
    }

    /// <summary>Topics that are gone, told after their partitions are. Called on the follower's loop.</summary>
    public Action<TopicImage>? TopicDeleted { get; set; }

    /// <summary>Told when a partition of this node is led or no longer led. Called on the follower's loop.</summary>
    public Action<Partition, bool>? LeadershipChanged { get; set; }

    /// <summary>Follows from now on; returns when what the image says now is there.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        // The image may be shown before everything committed is applied, and what it lacks would look like a stray.
        await _metadata.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        _subscription = _metadata.Subscribe(change => _changes.Writer.TryWrite(change));
        _following = FollowAsync();
        var version = _metadata.Image.Version;
        await WaitForAsync(version, cancellation).ConfigureAwait(false);
        await DeleteStraysAsync().ConfigureAwait(false);
    }

    public async ValueTask WaitForAsync(long imageVersion, CancellationToken cancellation)
    {
        TaskCompletionSource reached;
        lock (_lock)
        {
            if (_version >= imageVersion)
            {
                return;
            }

            reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((imageVersion, reached));
        }

        await reached.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops following and closes all partitions.</summary>
    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        _changes.Writer.TryComplete();
        await _following.ConfigureAwait(false);
        foreach (var partition in _partitions.All)
        {
            partition.Close();
        }

        lock (_lock)
        {
            foreach (var (_, reached) in _waiting)
            {
                reached.TrySetCanceled();
            }

            _waiting.Clear();
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var change in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await ApplyAsync(change).ConfigureAwait(false);
                Reached(change.After.Version);
            }
        }
        catch (Exception e)
        {
            _events.FollowerFailed(e);
            _failed($"The node could not follow the cluster's metadata: {e.Message}");
        }
    }

    private async ValueTask ApplyAsync(ClusterChange change)
    {
        // Deleted before created: a topic that was created again has the folder of its predecessor's name.
        foreach (var id in change.Topics)
        {
            if (change.After.TopicOrNull(id) is null && change.Before.TopicOrNull(id) is { } gone)
            {
                await DeleteAsync(gone).ConfigureAwait(false);
            }
        }

        // By name, so that of too many topics the same ones are measured one by one after a restart.
        foreach (var created in change.Topics.Select(change.After.TopicOrNull).OfType<TopicImage>().OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            _partitions.Traffic.Of(created.Id, created.Partitions.Length);
        }

        foreach (var id in change.Topics)
        {
            if (change.After.TopicOrNull(id) is { } topic)
            {
                await UpdateAsync(change.After, topic).ConfigureAwait(false);
            }
        }

        // What is set on the broker holds for every topic that says nothing itself.
        if (change.Configs.Any(c => c.Type == ConfigResourceType.Broker))
        {
            foreach (var partition in _partitions.All)
            {
                Configure(change.After, change.After.TopicOrNull(partition.Id.TopicId), partition);
            }
        }
    }

    private async ValueTask UpdateAsync(ClusterImage image, TopicImage topic)
    {
        for (var index = 0; index < topic.Partitions.Length; index++)
        {
            var state = topic.Partitions[index];
            if (!state.Replicas.Contains(_nodeId))
            {
                continue;
            }

            var id = new TopicIdPartition(topic.Id, index);
            var partition = _partitions.Find(id);
            if (partition is null)
            {
                partition = await CreateAsync(image, topic, id).ConfigureAwait(false);
                if (partition is null)
                {
                    continue;
                }
            }
            else
            {
                Configure(image, topic, partition);
            }

            partition.Replicas = new ReplicaCounts(state.Isr.Length, state.Replicas.Length);
            FollowLeader(partition, state);
        }
    }

    private async ValueTask<Partition?> CreateAsync(ClusterImage image, TopicImage topic, TopicIdPartition id)
    {
        var config = _configs.TopicConfig(image, topic);
        try
        {
            var log = await _logs.CreateAsync(id, topic.Name, TopicConfigMapping.LogConfigOf(config, topic.IsInternal)).ConfigureAwait(false);
            log.Config = TopicConfigMapping.LogConfigOf(config, topic.IsInternal);
            var partition = new Partition(log, _logs.SyncMode, TopicConfigMapping.RulesOf(config), _producers, _time, _loggers.CreateLogger("FlyMQ.Partitions"))
            {
                Traffic = _partitions.Traffic.Of(topic.Id, topic.Partitions.Length),
                ProducerFigures = _partitions.ProducerFigures,
            };
            _partitions.Add(partition);
            return partition;
        }
        catch (IOException e)
        {
            // One log that cannot be made must not keep the others: its clients are told that it has no leader.
            _events.CannotCreate(e, topic.Name, id.Partition);
            return null;
        }
    }

    private void FollowLeader(Partition partition, PartitionImage state)
    {
        var leads = state.Leader == _nodeId;
        var view = partition.View;
        if (leads == view.IsLeader && state.LeaderEpoch == view.LeaderEpoch)
        {
            return;
        }

        if (leads)
        {
            partition.Lead(state.LeaderEpoch);
        }
        else
        {
            partition.Resign(state.LeaderEpoch);
        }

        LeadershipChanged?.Invoke(partition, leads);
    }

    private void Configure(ClusterImage image, TopicImage? topic, Partition partition)
    {
        var config = _configs.TopicConfig(image, topic);
        partition.Rules = TopicConfigMapping.RulesOf(config);
        partition.Log.Config = TopicConfigMapping.LogConfigOf(config, topic?.IsInternal ?? false);
    }

    private async ValueTask DeleteAsync(TopicImage topic)
    {
        for (var index = 0; index < topic.Partitions.Length; index++)
        {
            if (_partitions.Find(new TopicIdPartition(topic.Id, index)) is { } partition)
            {
                _partitions.Remove(partition);
                LeadershipChanged?.Invoke(partition, false);
                partition.Close();
                await _logs.DeleteAsync(partition.Id).ConfigureAwait(false);
            }
        }

        _partitions.Traffic.Forget(topic.Id);
        TopicDeleted?.Invoke(topic);
    }

    private async ValueTask DeleteStraysAsync()
    {
        var image = _metadata.Image;
        foreach (var log in _logs.Logs)
        {
            if (image.PartitionOrNull(log.Id) is null)
            {
                _events.StrayDeleted(log.Topic, log.Id.Partition, log.Id.TopicId);
                await _logs.DeleteAsync(log.Id).ConfigureAwait(false);
            }
        }
    }

    private void Reached(long version)
    {
        lock (_lock)
        {
            _version = version;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Version <= version)
                {
                    _waiting[i].Reached.TrySetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }
}

using System.Collections.Concurrent;
using FlyMQ.Broker.Topics;
using FlyMQ.Coordination;
using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Coordinators;

/// <summary>How the coordinator itself works, beside the groups' own <see cref="GroupOptions"/>.</summary>
public sealed record CoordinatorOptions
{
    public GroupOptions Groups { get; init; } = new();

    public int CommitTimeoutMs { get; init; } = 5000;

    public long ExpirationCheckIntervalMs { get; init; } = 600_000;
}

/// <summary>
/// The groups that this node coordinates: one shard for each partition of <c>__consumer_offsets</c> that it leads; a group belongs to the partition that its id
/// hashes to, as in Kafka.
/// </summary>
internal sealed class GroupCoordinator : IAsyncDisposable
{
    private readonly IMetadataQuorum _metadata;
    private readonly CoordinatorOptions _options;
    private readonly TimeProvider _time;
    private readonly CoordinatorEvents _events;
    private readonly ConcurrentDictionary<int, ShardRunner> _shards = new();
    private readonly ITimer _expiry;

    public GroupCoordinator(IMetadataQuorum metadata, CoordinatorOptions options, GroupMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        Metrics = metrics;
        _metadata = metadata;
        _options = options;
        _time = time;
        _events = new CoordinatorEvents(loggers.CreateLogger("FlyMQ.Groups"));
        var interval = TimeSpan.FromMilliseconds(options.ExpirationCheckIntervalMs);
        _expiry = time.CreateTimer(static state => ((GroupCoordinator)state!).Expire(), this, interval, interval);
    }

    public GroupMetrics Metrics { get; }

    /// <summary>One for each partition of <c>__consumer_offsets</c> that this node leads.</summary>
    public int ShardCount => _shards.Count;

    /// <summary>The follower tells: this node leads a partition, or no longer.</summary>
    public void OnLeadershipChanged(Partition partition, bool leads)
    {
        if (partition.Topic != TopicNames.ConsumerOffsets)
        {
            return;
        }

        if (_shards.TryRemove(partition.Id.Partition, out var previous))
        {
            _ = previous.DisposeAsync().AsTask();
        }

        if (leads)
        {
            var shard = new ShardRunner(partition, _options.Groups, TimeSpan.FromMilliseconds(_options.CommitTimeoutMs), Metrics, _time, _events);
            _shards[partition.Id.Partition] = shard;
            shard.Start();
        }
    }

    public void OnTopicDeleted(TopicImage topic)
    {
        Metrics.Commits.ForgetTopic(topic.Id);
        foreach (var shard in _shards.Values)
        {
            _ = shard.PostAsync(new ShardWork(null, (s, effects, _) => s.TopicDeleted(topic.Name, topic.Id, effects), static _ => { }), CancellationToken.None).AsTask();
        }
    }

    /// <summary>Which partition of <c>__consumer_offsets</c> a group belongs to; null while there is no such topic.</summary>
    public int? PartitionOf(string groupId)
        => _metadata.Image.TopicOrNull(TopicNames.ConsumerOffsets) is { } topic ? (JavaHash(groupId) & 0x7FFFFFFF) % topic.Partitions.Length : null;

    /// <summary>Whether this node has the groups of a partition of <c>__consumer_offsets</c>, loaded or not yet.</summary>
    public bool Coordinates(int partition) => _shards.ContainsKey(partition);

    /// <summary>Has a group's shard decide something, and answers when what that saw is committed. Cancellation abandons the wait, never the decision.</summary>
    /// <param name="groupId">Whose.</param>
    /// <param name="decide">Runs on the shard's owner; calls the given action with the answer, through the effects.</param>
    /// <param name="failed">The answer to an error of the coordinator itself.</param>
    /// <param name="abandoned">The client is gone.</param>
    public async ValueTask<T> AskAsync<T>(string groupId, Action<GroupShard, Effects, long, Action<T>> decide, Func<ErrorCode, T> failed, CancellationToken abandoned)
    {
        if (PartitionOf(groupId) is not { } index || !_shards.TryGetValue(index, out var shard))
        {
            return failed(ErrorCode.NotCoordinator);
        }

        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new ShardWork(
            groupId, (s, effects, nowMs) => decide(s, effects, nowMs, result => answer.TrySetResult(result)), error => answer.TrySetResult(failed(error)));
        await shard.PostAsync(work, abandoned).ConfigureAwait(false);
        return await answer.Task.WaitAsync(abandoned).ConfigureAwait(false);
    }

    /// <summary>The same for what a shard answers at once with a value.</summary>
    public ValueTask<T> AskAsync<T>(string groupId, Func<GroupShard, Effects, long, T> decide, Func<ErrorCode, T> failed, CancellationToken abandoned)
        => AskAsync<T>(
            groupId,
            (shard, effects, nowMs, reply) =>
            {
                var result = decide(shard, effects, nowMs);
                effects.Answer(() => reply(result), error => reply(failed(error)));
            },
            failed,
            abandoned);

    /// <summary>Every group of this node.</summary>
    public async ValueTask<(ErrorCode Error, List<ListGroupsResponse.ListedGroup> Groups)> ListAsync(CancellationToken abandoned)
    {
        var groups = new List<ListGroupsResponse.ListedGroup>();
        foreach (var shard in _shards.Values)
        {
            var answer = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
            await shard.PostAsync(
                new ShardWork(
                    null,
                    (s, effects, _) =>
                    {
                        List<ListGroupsResponse.ListedGroup> listed =
                        [
                            .. s.List().Select(g => new ListGroupsResponse.ListedGroup
                            {
                                GroupId = g.GroupId, ProtocolType = g.ProtocolType, GroupState = g.State.ToString(), GroupType = "classic",
                            }),
                        ];
                        effects.Answer(
                            () =>
                            {
                                groups.AddRange(listed);
                                answer.TrySetResult(ErrorCode.None);
                            },
                            error => answer.TrySetResult(error));
                    },
                    error => answer.TrySetResult(error)),
                abandoned).ConfigureAwait(false);
            if (await answer.Task.WaitAsync(abandoned).ConfigureAwait(false) is var failed and not ErrorCode.None)
            {
                return (failed, groups);
            }
        }

        return (ErrorCode.None, groups);
    }

    /// <summary>Every group of this node in numbers. Each shard's owner counts its own; those of a shard that is being loaded are left out.</summary>
    public async ValueTask<IReadOnlyList<GroupFigures>> FiguresAsync(CancellationToken abandoned)
    {
        var counting = new List<Task<IReadOnlyList<GroupFigures>>>();
        foreach (var shard in _shards.Values)
        {
            var figures = new TaskCompletionSource<IReadOnlyList<GroupFigures>>(TaskCreationOptions.RunContinuationsAsynchronously);
            counting.Add(figures.Task);
            await shard.PostAsync(new ShardWork(null, (s, _, _) => figures.TrySetResult(s.Figures()), _ => figures.TrySetResult([])), abandoned).ConfigureAwait(false);
        }

        var all = await Task.WhenAll(counting).WaitAsync(abandoned).ConfigureAwait(false);
        return [.. all.SelectMany(g => g)];
    }

    public async ValueTask DisposeAsync()
    {
        await _expiry.DisposeAsync().ConfigureAwait(false);
        foreach (var shard in _shards.Values)
        {
            await shard.DisposeAsync().ConfigureAwait(false);
        }

        _shards.Clear();
    }

    // The hash that Kafka's own coordinator uses, so that a cluster's offsets are found where its tools look for them.
    internal static int JavaHash(string text)
    {
        var hash = 0;
        foreach (var c in text)
        {
            hash = unchecked((31 * hash) + c);
        }

        return hash;
    }

    private void Expire()
    {
        foreach (var shard in _shards.Values)
        {
            _ = shard.PostAsync(new ShardWork(null, static (s, effects, nowMs) => s.Expire(effects, nowMs), static _ => { }), CancellationToken.None).AsTask();
        }
    }
}

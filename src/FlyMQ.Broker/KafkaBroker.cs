using System.Net;
using FlyMQ.Broker.Apis.Cluster;
using FlyMQ.Broker.Apis.Configs;
using FlyMQ.Broker.Apis.Data;
using FlyMQ.Broker.Apis.Groups;
using FlyMQ.Broker.Apis.Security;
using FlyMQ.Broker.Apis.Telemetry;
using FlyMQ.Broker.Apis.Topics;
using FlyMQ.Broker.Apis.Transactions;
using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Fetching;
using FlyMQ.Broker.Lag;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Producers;
using FlyMQ.Broker.Telemetry;
using FlyMQ.Broker.Topics;
using FlyMQ.Broker.Tracing;
using FlyMQ.Coordination;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Partitions;
using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker;

/// <summary>
/// Everything between the clients' sockets and the partitions: wires handlers, follower and listeners, registers the broker, and takes it all down in order.
/// </summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    /// <summary>How long requests that were appended may take to be acknowledged before their partitions close.</summary>
    private static readonly TimeSpan AppendsInFlight = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the end waits for the groups to be counted once more.</summary>
    private static readonly TimeSpan GroupsAtStop = TimeSpan.FromSeconds(1);

    private readonly BrokerParts _parts;
    private readonly PartitionSet _partitions;
    private readonly ImageFollower _follower;
    private readonly GroupCoordinator _groups;
    private readonly GroupLags _lags;
    private readonly ApiRegistry _apis;
    private readonly ClientListeners _listeners;
    private volatile IReadOnlyList<GroupFigures>? _groupsAtStop;
    private bool _stopped;

    public KafkaBroker(BrokerParts parts)
    {
        _parts = parts;
        _partitions = new PartitionSet(parts.Measuring);
        _follower = new ImageFollower(
            parts.NodeId, parts.Metadata, parts.Logs, _partitions, parts.Configs, parts.Producers, parts.Time, parts.Loggers, parts.Failed);
        _groups = new GroupCoordinator(parts.Metadata, parts.Groups, new GroupMetrics(_partitions.Traffic, parts.MaxGroupsMeasured), parts.Time, parts.Loggers);
        _lags = new GroupLags(_partitions, parts.Time, parts.Loggers.CreateLogger("FlyMQ.Lag"));
        _follower.LeadershipChanged = _groups.OnLeadershipChanged;
        _follower.TopicDeleted = _groups.OnTopicDeleted;
        Telemetry = new ClientTelemetry(parts.Metadata, parts.Telemetry, parts.NodeId, parts.ClientMetrics, parts.Time, Guid.NewGuid, parts.Loggers);
        _apis = Apis(parts);
        SlowRequests = new SlowRequests(parts.Time);
        _listeners = new ClientListeners(new RequestDispatcher(_apis, parts.Time), SlowRequests, Limits, parts.Time, parts.Loggers);
    }

    /// <summary>The addresses of each listener once it is started, in the order of the parts.</summary>
    public IReadOnlyList<IReadOnlyList<IPEndPoint>> Bound { get; private set; } = [];

    /// <summary>What clients are told, by listener, once it is started.</summary>
    public IReadOnlyList<BrokerEndpoint> Endpoints { get; private set; } = [];

    /// <summary>Connections of clients, and how many there may be. No lock.</summary>
    public (int Open, int Limit) Connections => (_listeners.ActiveConnections, Limits().MostConnections);

    /// <summary>The partitions of this node, with what is counted of them.</summary>
    public PartitionSet Partitions => _partitions;

    /// <summary>Clients' own metrics.</summary>
    public ClientTelemetry Telemetry { get; }

    /// <summary>Clients that are connected.</summary>
    public int ActiveConnections => _listeners.ActiveConnections;

    /// <summary>Lets go of memory that is only kept for the next request.</summary>
    public void GiveBackMemory() => _listeners.GiveBackMemory();

    /// <summary>Connections of clients since the start.</summary>
    public long TotalConnections => _listeners.TotalConnections;

    /// <summary>What clients' connections and requests take of what they may take.</summary>
    public NetworkLoad NetworkLoad => new()
    {
        ConnectionsLimit = Limits().MostConnections,
        RefusedByLimit = _listeners.Refused.MaxConnections,
        RefusedByAddress = _listeners.Refused.MaxConnectionsPerIp,
        RequestsInFlight = _listeners.InFlight,
        RequestsWaiting = _listeners.Memory.Waiting,
        RequestMemoryBytes = _listeners.Memory.Used,
        RequestMemoryLimitBytes = _listeners.Memory.Limit,
    };

    /// <summary>What goes on at the same time: two sides of each connection, each request that is not answered yet, the groups' shards, the follower of the image.</summary>
    public int Activities => (2 * _listeners.ActiveConnections) + _listeners.InFlight + _groups.ShardCount + 1;

    /// <summary>What is counted of requests, by API.</summary>
    public IEnumerable<ApiMetrics> Requests => _apis.Metrics;

    public SlowRequests SlowRequests { get; }

    /// <summary>What connects now: names and versions as clients tell them, the most frequent first.</summary>
    public IReadOnlyList<ClientSoftware> ClientSoftware => _listeners.Software();

    /// <summary>Every group that this node coordinates, in numbers; once it stops, as they were then. Cancellation abandons the counting.</summary>
    public async ValueTask<IReadOnlyList<GroupFigures>> GroupsAsync(CancellationToken cancellation) =>
        _groupsAtStop ?? await _groups.FiguresAsync(cancellation).ConfigureAwait(false);

    /// <summary>Where the groups are counted that are counted together, as <see cref="GroupLabels.Other"/>.</summary>
    public GroupCounters OtherGroups => _groups.Metrics.Measured.Other;

    /// <summary>How far groups are behind. Cancellation abandons the wait for files.</summary>
    /// <param name="groups">Of <see cref="GroupsAsync"/>.</param>
    /// <param name="image">Says which topics there are.</param>
    /// <param name="cancellation">The asker is gone.</param>
    public ValueTask<LagSnapshot> LagsAsync(IReadOnlyList<GroupFigures> groups, ClusterImage image, CancellationToken cancellation) =>
        _lags.TakeAsync(groups, image, cancellation);

    /// <summary>How often a group has committed offsets, by topic id; <see cref="Guid.Empty"/> stands for all topics that are counted together.</summary>
    public IReadOnlyList<(Guid TopicId, long Commits)> CommitsOf(string group) => _groups.Metrics.Commits.Of(group);

    /// <summary>Binds, registers, leads its partitions, then serves.</summary>
    /// <exception cref="IOException">A listener cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">The cluster does not take this broker; the message says why.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Bound = await _listeners.StartAsync(_parts.Listeners, cancellation).ConfigureAwait(false);
        Endpoints =
        [
            .. _parts.Listeners.Select((listener, i) =>
            {
                var (host, port) = _parts.Advertised[listener.Name];
                return new BrokerEndpoint(listener.Name, host, port ?? Bound[i][0].Port, Security: 0);
            }),
        ];
        var registered = await _parts.Metadata.ProposeAsync(
            new RegisterBroker(Guid.NewGuid(), _parts.NodeId, Guid.NewGuid(), [.. Endpoints], _parts.Rack, StartFenced: false), cancellation).ConfigureAwait(false);
        if (!registered.IsOk)
        {
            throw new InvalidOperationException($"The broker could not register as node {_parts.NodeId}: {registered.Message ?? registered.Error.ToString()}");
        }

        await _follower.StartAsync(cancellation).ConfigureAwait(false);
        _listeners.Open();
    }

    /// <summary>Answers what is in flight, then closes the partitions. Cancellation abandons the waiting for clients.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        _stopped = true;
        var drained = _listeners.DrainAsync(cancellation);
        await KeepGroupsAsync().ConfigureAwait(false);
        // Who waits for a rebalance would wait for minutes, and who waits for records as long as it likes: both are answered now.
        await _groups.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAny(drained, Task.Delay(AppendsInFlight, _parts.Time, cancellation)).ConfigureAwait(false);
        await _follower.DisposeAsync().ConfigureAwait(false);
        await drained.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _lags.DisposeAsync().ConfigureAwait(false);
        if (!_stopped)
        {
            await _groups.DisposeAsync().ConfigureAwait(false);
            await _follower.DisposeAsync().ConfigureAwait(false);
        }

        await _listeners.DisposeAsync().ConfigureAwait(false);
    }

    // Metrics are read until the very end, and groups are gone before it. A shard that does not answer is not worth a late stop.
    private async Task KeepGroupsAsync()
    {
        using var bound = new CancellationTokenSource(GroupsAtStop, _parts.Time);
        try
        {
            _groupsAtStop = await _groups.FiguresAsync(bound.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The end is told without them.
        }
    }

    // One line per API: what has no line here is not advertised.
    private ApiRegistry Apis(BrokerParts parts)
    {
        var apis = new ApiRegistry(parts.Time, parts.Measuring.Buckets);
        var creation = new TopicCreation(parts.Metadata, _follower, parts.Topics, Guid.NewGuid);
        var alteration = new ConfigAlteration(parts.Metadata, _follower, parts.Configs, parts.Loggers, Guid.NewGuid);
        var sessions = new FetchSessions(parts.Fetch.MaxSessions, parts.Time, Random.Shared);
        return apis
            .Add(new ProduceHandler(_partitions, parts.Metadata, parts.Logs, parts.Time, parts.Tracing))
            .Add(new FetchHandler(_partitions, parts.Metadata, sessions, _groups.Metrics.Owners, parts.Fetch, parts.Time, parts.Tracing))
            .Add(new ListOffsetsHandler(_partitions))
            .Add(new DeleteRecordsHandler(_partitions, parts.Metadata))
            .Add(new InitProducerIdHandler(new ProducerIds(parts.Metadata, parts.NodeId, Guid.NewGuid)))
            .Add(new ApiVersionsHandler(apis, parts.Metadata, parts.NodeId))
            .Add(new MetadataHandler(parts.Metadata, creation, () => parts.Topics.AutoCreate))
            .Add(new FindCoordinatorHandler(parts.Metadata, _groups, creation, parts.NodeId))
            .Add(new JoinGroupHandler(_groups))
            .Add(new SyncGroupHandler(_groups))
            .Add(new HeartbeatHandler(_groups))
            .Add(new LeaveGroupHandler(_groups))
            .Add(new OffsetCommitHandler(_groups, parts.Metadata, parts.Tracing))
            .Add(new OffsetFetchHandler(_groups, parts.Metadata))
            .Add(new OffsetDeleteHandler(_groups, parts.Metadata))
            .Add(new DescribeGroupsHandler(_groups))
            .Add(new ListGroupsHandler(_groups))
            .Add(new DeleteGroupsHandler(_groups))
            .Add(Traced(new CreateTopicsHandler(parts.Metadata, _follower, parts.Configs, parts.Topics, Guid.NewGuid)))
            .Add(Traced(new DeleteTopicsHandler(parts.Metadata, _follower, parts.Topics, Guid.NewGuid)))
            .Add(Traced(new CreatePartitionsHandler(parts.Metadata, _follower, Guid.NewGuid)))
            .Add(new DescribeConfigsHandler(parts.Metadata, parts.Configs))
            .Add(Traced(new AlterConfigsHandler(alteration)))
            .Add(Traced(new IncrementalAlterConfigsHandler(alteration)))
            .Add(new ListConfigResourcesHandler(parts.Metadata))
            .Add(new DescribeClusterHandler(parts.Metadata))
            .Add(new DescribeTopicPartitionsHandler(parts.Metadata))
            .Add(Traced(new ElectLeadersHandler(parts.Metadata, _follower, Guid.NewGuid)))
            .Add(new ListPartitionReassignmentsHandler())
            .Add(new DescribeQuorumHandler(parts.Metadata))
            .Add(new DescribeLogDirsHandler(_partitions, new DataFolderSpace(parts.DataDir)))
            .Add(new OffsetForLeaderEpochHandler(_partitions))
            .Add(new DescribeProducersHandler(_partitions))
            .Add(new DescribeAclsHandler())
            .Add(new SaslHandshakeHandler())
            .Add(new DescribeUserScramCredentialsHandler())
            .Add(new DescribeClientQuotasHandler())
            .Add(new GetTelemetrySubscriptionsHandler(Telemetry))
            .Add(new PushTelemetryHandler(Telemetry));
    }

    // What writes metadata; produce, fetch and commit have traces of their own.
    private IApiHandler<TRequest, TResponse> Traced<TRequest, TResponse>(IApiHandler<TRequest, TResponse> handler)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
        => _parts.Tracing is { } tracing ? new TracedHandler<TRequest, TResponse>(handler, tracing) : handler;

    // Two of the limits can be changed while the broker runs.
    private NetworkLimits Limits()
    {
        var image = _parts.Metadata.Image;
        return image.Configs.IsEmpty
            ? _parts.Network
            : _parts.Network with
            {
                MaxConnections = _parts.Configs.BrokerInt(image, "max.connections"),
                MaxConnectionsPerIp = _parts.Configs.BrokerInt(image, "max.connections.per.ip"),
            };
    }
}

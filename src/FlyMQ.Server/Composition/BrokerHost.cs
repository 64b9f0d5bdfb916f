using System.Collections.Immutable;
using System.Net;
using FlyMQ.Broker;
using FlyMQ.Broker.Network;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Configs;
using FlyMQ.Metadata.Raft;
using FlyMQ.Records;
using FlyMQ.Server.Exporters.Meters;
using FlyMQ.Server.Exporters.Otlp;
using FlyMQ.Server.Exporters.Otlp.Metrics;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Server.Exporters.Prometheus.Sections;
using FlyMQ.Server.Health;
using FlyMQ.Server.Options;
using FlyMQ.Server.Running;
using FlyMQ.Storage;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Journal;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Composition;

/// <summary>Puts a broker together: metadata quorum, log store, then what serves clients. The only place that knows all layers.</summary>
internal sealed class BrokerHost : IRunningBroker
{
    /// <summary>How long the end of the process waits for those who send things, together; each has a bound of its own within it.</summary>
    private static readonly TimeSpan ExportersBound = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _nodeId;
    private RaftMetadataQuorum _metadata = null!;
    private LogStore _logs = null!;
    private KafkaBroker _broker = null!;
    private MetricsListener? _metrics;
    private volatile MetricsPage? _page;
    private ClientMetricsForwarder? _clientMetrics;
    private OtlpMetrics? _otlpMetrics;
    private BrokerMeter? _meter;
    private OtlpTracing? _tracing;

    private BrokerHost()
    {
    }

    public IReadOnlyList<BoundListener> Listeners { get; private set; } = [];

    public Task<string> Failed => _failed.Task;

    /// <exception cref="StartException">It cannot start for a reason that a person can mend.</exception>
    public static async Task<IRunningBroker> StartAsync(BrokerOptions options, ILoggerFactory loggers, RecoveryProgress recovery, CancellationToken cancellation)
    {
        var host = new BrokerHost();
        try
        {
            await host.RunAsync(options, loggers, recovery, TimeProvider.System, cancellation);
            return host;
        }
        catch (Exception e) when (e is JournalDamagedException or InvalidDataException or InvalidOperationException)
        {
            await host.DisposeAsync();
            throw new StartException(e.Message, e);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public ServingFacts Look()
    {
        var (connections, limit) = _broker.Connections;
        return new ServingFacts
        {
            StoreFailure = _logs.Failure,
            StorageFull = _logs.IsFull || _logs.LacksRoom,
            FencedLogs = _logs.FencedLogs,
            Storage = _logs.Progress,
            Metadata = _metadata.Progress,
            LeaderId = _metadata.LeaderId,
            Fenced = _metadata.Image.BrokerOrNull(_nodeId)?.Fenced ?? true,
            Connections = connections,
            ConnectionLimit = limit,
        };
    }

    public void GiveBackMemory()
    {
        _broker.GiveBackMemory();
        _logs.GiveBackMemory();
    }

    public IReadOnlyList<Broker.Dispatch.SlowRequest> SlowestRequests() => _broker.SlowRequests.Slowest();

    public async Task StopAsync(CancellationToken cancellation)
    {
        try
        {
            await _broker.StopAsync(cancellation);
        }
        finally
        {
            // Also when clients would not go: what they were told is on disk, and the next start is quicker for it.
            await _logs.CloseCleanlyAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // First, for it looks at all the others.
        if (_metrics is not null)
        {
            await _metrics.DisposeAsync();
        }

        // None waits for another, for the process does not wait long for all of them. Before the broker, which the last metrics are read from and whose end may hang.
        await Task.WhenAny(Task.WhenAll(EndAsync(_otlpMetrics), EndAsync(_clientMetrics), EndAsync(_tracing)), Task.Delay(ExportersBound));
        _meter?.Dispose();
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        if (_logs is not null)
        {
            await _logs.DisposeAsync();
        }

        if (_metadata is not null)
        {
            await _metadata.DisposeAsync();
        }
    }

    private static Task EndAsync(IAsyncDisposable? exporter) => exporter is null ? Task.CompletedTask : exporter.DisposeAsync().AsTask();

    private async Task RunAsync(BrokerOptions options, ILoggerFactory loggers, RecoveryProgress recovery, TimeProvider time, CancellationToken cancellation)
    {
        _nodeId = options.Node.Id;
        var startedAt = time.GetTimestamp();
        if (options.Tracing.Enabled)
        {
            _tracing = new OtlpTracing(options.Tracing, _nodeId, loggers, time, (ulong)Random.Shared.NextInt64());
        }

        // What they read from files may be wrong, which is to be known before clients are let in.
        var exports = new MetricExportCounts();
        _otlpMetrics = options.OtlpMetrics.Enabled
            ? new OtlpMetrics(options.OtlpMetrics, BrokerResource.Of(options.Tracing, _nodeId), exports, time, loggers)
            : null;
        _clientMetrics = options.ClientMetrics.Forward is { } forward ? new ClientMetricsForwarder(forward, loggers) : null;

        _metadata = await RaftMetadataQuorum.StartAsync(RaftOf(options), time, loggers, (reason, error) => _failed.TrySetResult($"{reason}: {error.Message}"), cancellation);
        await _metadata.ProposeAsync(
            new InitializeCluster(Guid.NewGuid(), Guid.NewGuid(), ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal)), cancellation);
        var configs = new ConfigResolver(options.Node.Id, options.KafkaBrokerConfigs);
        IReadOnlyList<IMetricsSection> ofStart = [new ProcessSection(time, startedAt), new RecoverySection(recovery)];
        if (options.Metrics.Enabled)
        {
            // Before recovery, which may take minutes and is then watched; what needs the broker comes when there is one.
            _page = new MetricsPage(broker: null, _metadata, ofStart);
            _metrics = new MetricsListener(options.Metrics.Listen, (writer, aborted) => _page.WriteAsync(writer, aborted), loggers);
        }

        _logs = LogStore.Open(OsFiles.Instance, StorageOf(options), id => ConfigOf(configs, id), time, loggers.CreateLogger("FlyMQ.Storage"), recovery);
        _broker = new KafkaBroker(new BrokerParts
        {
            NodeId = options.Node.Id,
            Rack = options.Node.Rack,
            DataDir = options.DataDir,
            Listeners = [.. options.Listeners.Select(l => new ListenerBinding(l.Name, l.Address.Addresses[0], [.. l.Address.Addresses.Skip(1)], l.Address.Port))],
            Advertised = options.Listeners.ToDictionary(l => l.Name, l => (l.Advertised.Host, l.Advertised.Port)),
            Metadata = _metadata,
            Logs = _logs,
            Configs = configs,
            Network = new NetworkLimits
            {
                SocketRequestMaxBytes = options.Network.SocketRequestMaxBytes,
                MaxConnections = options.Network.MaxConnections,
                MaxConnectionsPerIp = options.Network.MaxConnectionsPerIp,
                HandlesForConnections = HandleShares.Of(FileHandles.Limit()).Connections,
                ConnectionsMaxIdleMs = options.Network.ConnectionsMaxIdleMs,
                RequestMemoryBytes = options.Network.RequestMemoryBytes,
                MaxInFlightRequests = options.Network.MaxInFlightRequests,
            },
            Fetch = new Broker.Apis.Data.FetchLimits { MaxBytes = options.Fetch.MaxBytes, MaxSessions = options.Fetch.MaxSessions },
            Topics = new Broker.Topics.TopicDefaults
            {
                AutoCreate = options.Topics.AutoCreate,
                AllowDelete = options.Topics.AllowDelete,
                NumPartitions = options.Topics.NumPartitions,
                ReplicationFactor = options.Topics.DefaultReplicationFactor,
                OffsetsPartitions = options.Offsets.TopicNumPartitions,
                OffsetsReplicationFactor = options.Offsets.TopicReplicationFactor,
                OffsetsSegmentBytes = options.Offsets.TopicSegmentBytes,
            },
            Groups = new Broker.Coordinators.CoordinatorOptions
            {
                CommitTimeoutMs = options.Offsets.CommitTimeoutMs,
                ExpirationCheckIntervalMs = options.Offsets.RetentionCheckIntervalMs,
                Groups = new Coordination.GroupOptions
                {
                    InitialRebalanceDelayMs = options.Groups.InitialRebalanceDelayMs,
                    MinSessionTimeoutMs = options.Groups.MinSessionTimeoutMs,
                    MaxSessionTimeoutMs = options.Groups.MaxSessionTimeoutMs,
                    MaxSize = options.Groups.MaxSize,
                    OffsetMetadataMaxBytes = options.Offsets.MetadataMaxBytes,
                    OffsetsRetentionMs = options.Offsets.RetentionMinutes * 60_000L,
                },
            },
            Producers = new Partitions.ProducerOptions { Expiration = TimeSpan.FromMilliseconds(options.Producers.IdExpirationMs) },
            Measuring = MeasuringOf(options.Metrics),
            MaxGroupsMeasured = options.Metrics.MaxGroups,
            Telemetry = options.ClientMetrics.Limits,
            ClientMetrics = _clientMetrics,
            Tracing = _tracing?.Requests,
            Time = time,
            Loggers = loggers,
            Failed = reason => _failed.TrySetResult(reason),
        });
        _page = new MetricsPage(_broker, _metadata, Sections(options, ofStart, time, exports), options.Metrics.MaxSeries);
        await _broker.StartAsync(cancellation);
        // Whoever else shows the page: it is made for each of them anew, by the same sections.
        _meter = new BrokerMeter(_page.Families, new MeterReading(_page.WriteAsync, time, new MeterEvents(loggers.CreateLogger("FlyMQ.Metrics"))));
        _otlpMetrics?.Start(_page.WriteAsync);
        Listeners =
        [
            .. options.Listeners.Select((l, i) => new BoundListener(l.Name, _broker.Bound[i], new DnsEndPoint(_broker.Endpoints[i].Host, _broker.Endpoints[i].Port))),
        ];
    }

    private IReadOnlyList<IMetricsSection> Sections(BrokerOptions options, IReadOnlyList<IMetricsSection> ofStart, TimeProvider time, MetricExportCounts exports) =>
    [
        .. ofStart,
        new ServerSection(_broker, _logs),
        new NetworkSection(_broker),
        new MessagesSection(),
        new TopicsSection(),
        new UnattributedSection(),
        new GroupsSection(_broker),
        new LagSection(),
        new GroupStatesSection(time),
        new ClusterSection(_metadata),
        new StorageSection(_logs),
        new RequestsSection(_broker),
        new ClientsSection(_broker),
        new JournalSection(_logs, options.DataDir),
        new PartitionsSection(options.Node.Id, _broker.Partitions),
        new ClientMetricsSection(_broker.Telemetry, _clientMetrics),
        .. _tracing is null ? [] : new IMetricsSection[] { new TracesSection(_tracing) },
        .. options.OtlpMetrics.Enabled ? [new MetricExportsSection(exports)] : Array.Empty<IMetricsSection>(),
        // The last one, for it tells how much there was before it.
        new RolledUpSection(),
    ];

    private LogConfig ConfigOf(ConfigResolver configs, TopicIdPartition id)
    {
        var image = _metadata.Image;
        return Broker.Topics.TopicConfigMapping.LogConfigOf(configs.TopicConfig(image, image.TopicOrNull(id.TopicId)), image.TopicOrNull(id.TopicId)?.IsInternal ?? false);
    }

    private static RaftOptions RaftOf(BrokerOptions options) => new()
    {
        NodeId = options.Node.Id,
        Folder = Path.Combine(options.DataDir, "metadata"),
        Listen = new IPEndPoint(options.Metadata.Listen.Addresses[0], options.Metadata.Listen.Port),
        ElectionTimeoutMinMs = options.Metadata.ElectionTimeoutMinMs,
        ElectionTimeoutMaxMs = options.Metadata.ElectionTimeoutMaxMs,
        RequestTimeoutMs = options.Metadata.RequestTimeoutMs,
        ProposalTimeoutMs = options.Metadata.ProposalTimeoutMs,
        SnapshotEveryCommands = options.Metadata.SnapshotEveryCommands,
        SnapshotEveryBytes = options.Metadata.SnapshotEveryBytes,
    };

    private static Partitions.MeasuringLimits MeasuringOf(MetricsOptions metrics) => new()
    {
        MaxTopics = metrics.MaxTopics,
        // A tenth is kept for what is told of requests, clients and the broker as a whole.
        MaxSeries = metrics.MaxSeries / 10L * 9,
        PartitionDetail = metrics.PartitionDetail,
        Buckets = metrics.LatencyBuckets,
    };

    private static LogStoreOptions StorageOf(BrokerOptions options) => new()
    {
        DataDir = options.DataDir,
        Sync = options.Storage.Sync,
        SyncIntervalMs = options.Storage.SyncIntervalMs,
        MinFreeBytes = options.Storage.MinFreeBytes,
        TailMemoryBytes = options.Storage.TailMemoryBytes,
        JournalFileBytes = options.Storage.JournalFileBytes,
        JournalBytes = options.Storage.JournalBytes,
        RetentionCheckIntervalMs = options.Storage.RetentionCheckIntervalMs,
        LatencyBuckets = options.Metrics.LatencyBuckets,
        OpenLogFiles = HandleShares.Of(FileHandles.Limit()).LogFiles,
    };
}

using System.Collections.Immutable;
using System.Net;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Configs;
using FlyMQ.Records;
using FlyMQ.Storage;
using FlyMQ.Storage.Files;

namespace FlyMQ.Broker.Tests.Running;

/// <summary>
/// A broker in this process with a folder of its own, shared by the tests of a class: real sockets and a real journal, metadata in memory. At its end it fails
/// when a handler threw, for that is a defect whatever the client saw.
/// </summary>
public class TestBroker : IAsyncLifetime
{
    /// <summary>Neither 0 nor 1, so that a field that was left at its default does not pass for the node.</summary>
    public const int NodeId = 7;

    private const string Listener = "clients";
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-broker-").FullName;
    private readonly FaultLog _faults = new();
    private LogStore _logs = null!;
    private KafkaBroker _broker = null!;

    public IPEndPoint Address => _broker.Bound[0][0];

    internal KafkaBroker Broker => _broker;

    internal InMemoryMetadataQuorum Metadata { get; } = new(NodeId);

    /// <summary>What the configuration file of this broker would say, under Kafka's names.</summary>
    protected virtual IReadOnlyDictionary<string, string> StaticConfigs => new Dictionary<string, string>();

    public async ValueTask InitializeAsync()
    {
        await Metadata.ProposeAsync(new InitializeCluster(Guid.NewGuid(), Guid.NewGuid(), ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal)));
        var options = new LogStoreOptions { DataDir = _folder, MinFreeBytes = 0, JournalFileBytes = 1 << 20, JournalBytes = 4 << 20, ChunkBytes = 256 << 10 };
        _logs = LogStore.Open(OsFiles.Instance, options, _ => new LogConfig(), TimeProvider.System, _faults.CreateLogger("FlyMQ.Storage"));
        _broker = new KafkaBroker(Change(new BrokerParts
        {
            NodeId = NodeId,
            Rack = "rack-a",
            DataDir = _folder,
            Listeners = [new ListenerBinding(Listener, IPAddress.Loopback, [], 0)],
            Advertised = new Dictionary<string, (string, int?)> { [Listener] = ("broker.test", null) },
            Metadata = Metadata,
            Logs = _logs,
            Configs = new ConfigResolver(NodeId, StaticConfigs),
            Topics = new TopicDefaults { OffsetsPartitions = 1 },
            Groups = new Coordinators.CoordinatorOptions { Groups = new Coordination.GroupOptions { InitialRebalanceDelayMs = 0 } },
            Time = TimeProvider.System,
            Loggers = _faults,
            Failed = _faults.Add,
        }));
        await _broker.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10)))
        {
            await _broker.StopAsync(patience.Token);
        }

        await _broker.DisposeAsync();
        await _logs.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _faults.RequireNone();
    }

    /// <summary>Returns once the records of a topic's first partition are in its segment, where reads go to the file.</summary>
    internal async Task SettledAsync(Guid topicId)
    {
        // A deletion wakes the settler, which has its own time else.
        var other = new TopicIdPartition(Guid.NewGuid(), 0);
        await _logs.CreateAsync(other, "wakes-the-settler", new LogConfig());
        await _logs.DeleteAsync(other);
        var log = _logs.Find(new TopicIdPartition(topicId, 0))!;
        await Until.TrueAsync(() => Task.FromResult(log.TailStartOffset >= log.EndOffset), "the records in their segment");
    }

    /// <summary>The broker registers as if its process had begun anew: every partition loses its leader, which is an epoch, and gets it again, which is the next.</summary>
    internal async Task BeginNewLifeAsync()
    {
        var broker = Metadata.Image.BrokerOrNull(NodeId)!;
        await Metadata.ProposeAsync(new RegisterBroker(Guid.NewGuid(), NodeId, Guid.NewGuid(), broker.Endpoints, broker.Rack, StartFenced: false));
    }

    internal Task<Client> ConnectAsync() => Client.ConnectAsync(Address);

    /// <summary>What a class wants otherwise.</summary>
    protected virtual BrokerParts Change(BrokerParts parts) => parts;
}

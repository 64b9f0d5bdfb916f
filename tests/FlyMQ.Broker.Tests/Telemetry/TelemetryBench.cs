using System.Collections.Immutable;
using System.Net;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Telemetry;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Telemetry;
using FlyMQ.Records;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Broker.Tests.Telemetry;

/// <summary>Clients' telemetry with a clock of its own and without sockets.</summary>
internal sealed class TelemetryBench : IClientMetricsForwarder
{
    private readonly InMemoryMetadataQuorum _metadata = new();
    private long _lastId;

    public TelemetryBench(TelemetryLimits? limits = null) =>
        Telemetry = new ClientTelemetry(_metadata, limits ?? new TelemetryLimits(), nodeId: 7, this, Time, NextId, NullLoggerFactory.Instance);

    public ClientTelemetry Telemetry { get; }

    public FakeTimeProvider Time { get; } = new();

    public List<byte[]> Passed { get; } = [];

    public int TooLarge { get; private set; }

    /// <summary>Sets what a subscription says; null takes a key back.</summary>
    public void Configure(string subscription, params (string Key, string? Value)[] entries)
    {
        var change = new ConfigChange(
            new ConfigResource(ConfigResourceType.ClientMetrics, subscription), ReplaceAll: false,
            [.. entries.Select(e => new ConfigEntryChange(e.Key, e.Value is null ? ConfigOperation.Delete : ConfigOperation.Set, e.Value))]);
        var proposed = _metadata.ProposeAsync(new AlterConfigs(Guid.NewGuid(), ImmutableArray.Create(change)));
        Assert.True(proposed.Result.IsOk);
    }

    public static RequestContext From(string? clientId, string address = "127.0.0.1", string software = "test-client", string version = "1.2") =>
        new(new ClientInfo(1, "clients", new IPEndPoint(IPAddress.Parse(address), 4242)) { SoftwareName = software, SoftwareVersion = version }, 0, clientId, CancellationToken.None);

    public GetTelemetrySubscriptionsResponse Ask(Guid id = default, RequestContext? context = null) =>
        Telemetry.Subscribe(new GetTelemetrySubscriptionsRequest { ClientInstanceId = id }, context ?? From("client"));

    public async Task<ErrorCode> PushAsync(
        Guid id, int subscription, byte[] metrics, CompressionType codec = CompressionType.None, bool terminating = false, RequestContext? context = null) =>
        await Telemetry.PushAsync(
            new PushTelemetryRequest { ClientInstanceId = id, SubscriptionId = subscription, CompressionType = (sbyte)codec, Metrics = metrics, Terminating = terminating },
            context ?? From("client"));

    /// <summary>A client that asks and pushes at once.</summary>
    public async Task<(Guid Id, int Subscription)> TellAsync(byte[] metrics, string clientId = "client")
    {
        var asked = Ask(context: From(clientId));
        Assert.Equal(ErrorCode.None, await PushAsync(asked.ClientInstanceId, asked.SubscriptionId, metrics, context: From(clientId)));
        return (asked.ClientInstanceId, asked.SubscriptionId);
    }

    /// <summary>What is shown of a client: <c>name=value</c>.</summary>
    public IEnumerable<string> Shown(Guid id) =>
        Telemetry.Clients().Where(c => c.Identity.InstanceId == id).SelectMany(c => c.Series).Select(s => FormattableString.Invariant($"{s.Key.Metric}={s.Value}")).Order(StringComparer.Ordinal);

    void IClientMetricsForwarder.Forward(ReadOnlyMemory<byte> metricsData)
    {
        lock (Passed)
        {
            Passed.Add(metricsData.ToArray());
        }
    }

    void IClientMetricsForwarder.TooLarge() => TooLarge++;

    private Guid NextId() => new(0, 0, 0, BitConverter.GetBytes(++_lastId << 8));
}

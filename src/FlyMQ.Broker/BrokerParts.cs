using FlyMQ.Broker.Apis.Data;
using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Telemetry;
using FlyMQ.Broker.Topics;
using FlyMQ.Broker.Tracing;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Configs;
using FlyMQ.Partitions;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker;

/// <summary>What a broker is made of besides itself: chosen by the composition root.</summary>
public sealed record BrokerParts
{
    public required int NodeId { get; init; }

    public string? Rack { get; init; }

    public required string DataDir { get; init; }

    public required IReadOnlyList<ListenerBinding> Listeners { get; init; }

    /// <summary>What clients of a listener are told; without a port: the one it got.</summary>
    public required IReadOnlyDictionary<string, (string Host, int? Port)> Advertised { get; init; }

    public required IMetadataQuorum Metadata { get; init; }

    public required ILogStore Logs { get; init; }

    public required ConfigResolver Configs { get; init; }

    public NetworkLimits Network { get; init; } = new();

    public FetchLimits Fetch { get; init; } = new();

    public TopicDefaults Topics { get; init; } = new();

    public CoordinatorOptions Groups { get; init; } = new();

    public ProducerOptions Producers { get; init; } = new();

    /// <summary>In how much detail topics and groups are measured.</summary>
    public MeasuringLimits Measuring { get; init; } = new() { MaxTopics = 10_000 };

    /// <summary>The same for consumer groups.</summary>
    public int MaxGroupsMeasured { get; init; } = 10_000;

    public TelemetryLimits Telemetry { get; init; } = new();

    /// <summary>Where clients' own metrics are passed on to; null for nowhere.</summary>
    public IClientMetricsForwarder? ClientMetrics { get; init; }

    /// <summary>Which requests are traced; null when none is.</summary>
    public RequestTracing? Tracing { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Told, with the reason, when the broker cannot go on.</summary>
    public required Action<string> Failed { get; init; }
}

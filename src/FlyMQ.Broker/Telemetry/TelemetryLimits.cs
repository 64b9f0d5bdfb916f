namespace FlyMQ.Broker.Telemetry;

/// <summary>How much clients may tell of themselves. What is over a limit is counted and left out; nothing grows by names that a client makes up.</summary>
public sealed record TelemetryLimits
{
    /// <summary>Kafka's <c>telemetry.max.bytes</c>: of one push, as it is sent and as it is once decompressed.</summary>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>Clients that are remembered; past it the one is forgotten that was silent for longest. Kafka remembers as many.</summary>
    public int MaxClients { get; init; } = 16_384;

    /// <summary>Series of all clients together.</summary>
    public int MaxSeries { get; init; } = 20_000;

    public int MaxSeriesPerClient { get; init; } = 1_000;
}

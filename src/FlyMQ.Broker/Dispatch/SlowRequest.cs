namespace FlyMQ.Broker.Dispatch;

/// <summary>One of the slowest requests: what it was, whose, and where its time went.</summary>
public sealed record SlowRequest
{
    /// <summary>When it was answered.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Api { get; init; }

    public required short Version { get; init; }

    /// <summary>Bytes of the request.</summary>
    public required int Bytes { get; init; }

    /// <summary>From its last byte in to its answer out, the time excluded in which there was nothing to answer with.</summary>
    public required TimeSpan Took { get; init; }

    public required RequestTimes Times { get; init; }

    public required string? ClientId { get; init; }

    public required string ClientAddress { get; init; }

    public required string ClientSoftware { get; init; }

    public required long Connection { get; init; }

    /// <summary>The first topic it was about.</summary>
    public required string? Topic { get; init; }

    /// <summary>The first error of its answer, as Kafka calls it.</summary>
    public required string? Error { get; init; }

    /// <summary>The trace it was part of, when it was sampled.</summary>
    public required string? TraceId { get; init; }
}

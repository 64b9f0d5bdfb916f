namespace FlyMQ.Broker.Tracing;

/// <summary>Which requests are traced, and how much is said of them (configuration section <c>observability.tracing</c>).</summary>
public sealed record TraceSettings
{
    /// <summary>The share of requests that no client's trace decides, 0 to 1.</summary>
    public double SampleRate { get; init; } = 0.1;

    /// <summary>Adds the attributes of OpenTelemetry's messaging conventions to the broker's own.</summary>
    public bool MessagingAttributes { get; init; }
}

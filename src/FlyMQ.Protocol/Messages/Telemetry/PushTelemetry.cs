namespace FlyMQ.Protocol.Messages.Telemetry;

/// <summary>A client’s metrics, in OTLP (KIP-714).</summary>
[ApiRequest(ApiKey.PushTelemetry, 0, 0, FlexibleSince = 0)]
public sealed partial class PushTelemetryRequest
{
    public Guid ClientInstanceId { get; set; }

    public int SubscriptionId { get; set; }

    public bool Terminating { get; set; }

    public sbyte CompressionType { get; set; }

    public byte[] Metrics { get; set; } = [];
}

[ApiResponse]
public sealed partial class PushTelemetryResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }
}

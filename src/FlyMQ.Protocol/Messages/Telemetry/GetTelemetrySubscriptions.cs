namespace FlyMQ.Protocol.Messages.Telemetry;

/// <summary>Asks which of its metrics a client should send (KIP-714).</summary>
[ApiRequest(ApiKey.GetTelemetrySubscriptions, 0, 0, FlexibleSince = 0)]
public sealed partial class GetTelemetrySubscriptionsRequest
{
    public Guid ClientInstanceId { get; set; }
}

[ApiResponse]
public sealed partial class GetTelemetrySubscriptionsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public Guid ClientInstanceId { get; set; }

    public int SubscriptionId { get; set; }

    public List<sbyte> AcceptedCompressionTypes { get; set; } = [];

    public int PushIntervalMs { get; set; }

    public int TelemetryMaxBytes { get; set; }

    public bool DeltaTemporality { get; set; }

    public List<string> RequestedMetrics { get; set; } = [];
}

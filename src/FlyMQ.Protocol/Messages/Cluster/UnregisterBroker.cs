namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Removes a broker that will not come back (KIP-500).</summary>
[ApiRequest(ApiKey.UnregisterBroker, 0, 0, FlexibleSince = 0)]
public sealed partial class UnregisterBrokerRequest
{
    public int BrokerId { get; set; }
}

[ApiResponse]
public sealed partial class UnregisterBrokerResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }
}

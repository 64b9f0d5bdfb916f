namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Removes a controller that will not come back.</summary>
[ApiRequest(ApiKey.UnregisterController, 0, 0, FlexibleSince = 0)]
public sealed partial class UnregisterControllerRequest
{
    public int ControllerId { get; set; }
}

[ApiResponse]
public sealed partial class UnregisterControllerResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }
}

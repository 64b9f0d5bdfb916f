namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>Keeps a member in its group, and tells it when the group rebalances.</summary>
[ApiRequest(ApiKey.Heartbeat, 0, 4, FlexibleSince = 4)]
public sealed partial class HeartbeatRequest
{
    public string GroupId { get; set; } = "";

    public int GenerationId { get; set; }

    public string MemberId { get; set; } = "";

    [Since(3)]
    public string? GroupInstanceId { get; set; }
}

[ApiResponse]
public sealed partial class HeartbeatResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }
}

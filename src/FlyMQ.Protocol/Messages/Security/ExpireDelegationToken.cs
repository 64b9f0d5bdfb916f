namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Sets when a token ends; a negative period ends it now (KIP-48).</summary>
[ApiRequest(ApiKey.ExpireDelegationToken, 0, 2, FlexibleSince = 2)]
public sealed partial class ExpireDelegationTokenRequest
{
    public byte[] Hmac { get; set; } = [];

    public long ExpiryTimePeriodMs { get; set; }
}

[ApiResponse]
public sealed partial class ExpireDelegationTokenResponse
{
    public ErrorCode ErrorCode { get; set; }

    public long ExpiryTimestampMs { get; set; }

    public int ThrottleTimeMs { get; set; }
}

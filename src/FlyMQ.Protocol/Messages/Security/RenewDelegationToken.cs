namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Lets a token live longer (KIP-48).</summary>
[ApiRequest(ApiKey.RenewDelegationToken, 0, 2, FlexibleSince = 2)]
public sealed partial class RenewDelegationTokenRequest
{
    public byte[] Hmac { get; set; } = [];

    public long RenewPeriodMs { get; set; }
}

[ApiResponse]
public sealed partial class RenewDelegationTokenResponse
{
    public ErrorCode ErrorCode { get; set; }

    public long ExpiryTimestampMs { get; set; }

    public int ThrottleTimeMs { get; set; }
}

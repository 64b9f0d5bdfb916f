namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Makes a token that authenticates as its owner (KIP-48).</summary>
[ApiRequest(ApiKey.CreateDelegationToken, 0, 3, FlexibleSince = 2)]
public sealed partial class CreateDelegationTokenRequest
{
    [Since(3)]
    public string? OwnerPrincipalType { get; set; }

    [Since(3)]
    public string? OwnerPrincipalName { get; set; }

    public List<CreatableRenewers> Renewers { get; set; } = [];

    public long MaxLifetimeMs { get; set; }

    public sealed partial class CreatableRenewers
    {
        public string PrincipalType { get; set; } = "";

        public string PrincipalName { get; set; } = "";
    }
}

[ApiResponse]
public sealed partial class CreateDelegationTokenResponse
{
    public ErrorCode ErrorCode { get; set; }

    public string PrincipalType { get; set; } = "";

    public string PrincipalName { get; set; } = "";

    [Since(3)]
    public string TokenRequesterPrincipalType { get; set; } = "";

    [Since(3)]
    public string TokenRequesterPrincipalName { get; set; } = "";

    public long IssueTimestampMs { get; set; }

    public long ExpiryTimestampMs { get; set; }

    public long MaxTimestampMs { get; set; }

    public string TokenId { get; set; } = "";

    public byte[] Hmac { get; set; } = [];

    public int ThrottleTimeMs { get; set; }
}

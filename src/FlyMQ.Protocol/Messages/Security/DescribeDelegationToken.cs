namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Tokens by owner (KIP-48). Null owners mean all.</summary>
[ApiRequest(ApiKey.DescribeDelegationToken, 0, 3, FlexibleSince = 2)]
public sealed partial class DescribeDelegationTokenRequest
{
    public List<DescribeDelegationTokenOwner>? Owners { get; set; }

    public sealed partial class DescribeDelegationTokenOwner
    {
        public string PrincipalType { get; set; } = "";

        public string PrincipalName { get; set; } = "";
    }
}

[ApiResponse]
public sealed partial class DescribeDelegationTokenResponse
{
    public ErrorCode ErrorCode { get; set; }

    public List<DescribedDelegationToken> Tokens { get; set; } = [];

    public int ThrottleTimeMs { get; set; }

    public sealed partial class DescribedDelegationToken
    {
        public string PrincipalType { get; set; } = "";

        public string PrincipalName { get; set; } = "";

        [Since(3)]
        public string TokenRequesterPrincipalType { get; set; } = "";

        [Since(3)]
        public string TokenRequesterPrincipalName { get; set; } = "";

        public long IssueTimestamp { get; set; }

        public long ExpiryTimestamp { get; set; }

        public long MaxTimestamp { get; set; }

        public string TokenId { get; set; } = "";

        public byte[] Hmac { get; set; } = [];

        public List<DescribedDelegationTokenRenewer> Renewers { get; set; } = [];
    }

    public sealed partial class DescribedDelegationTokenRenewer
    {
        public string PrincipalType { get; set; } = "";

        public string PrincipalName { get; set; } = "";
    }
}

namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Which SCRAM mechanisms users have, never the secrets (KIP-554). Null users mean all.</summary>
[ApiRequest(ApiKey.DescribeUserScramCredentials, 0, 0, FlexibleSince = 0)]
public sealed partial class DescribeUserScramCredentialsRequest
{
    public List<UserName>? Users { get; set; }

    public sealed partial class UserName
    {
        public string Name { get; set; } = "";
    }
}

[ApiResponse]
public sealed partial class DescribeUserScramCredentialsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<DescribeUserScramCredentialsResult> Results { get; set; } = [];

    public sealed partial class DescribeUserScramCredentialsResult
    {
        public string User { get; set; } = "";

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public List<CredentialInfo> CredentialInfos { get; set; } = [];
    }

    public sealed partial class CredentialInfo
    {
        public sbyte Mechanism { get; set; }

        public int Iterations { get; set; }
    }
}

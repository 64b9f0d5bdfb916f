namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Sets and removes SCRAM credentials; the salted password comes ready-made from the client (KIP-554).</summary>
[ApiRequest(ApiKey.AlterUserScramCredentials, 0, 0, FlexibleSince = 0)]
public sealed partial class AlterUserScramCredentialsRequest
{
    public List<ScramCredentialDeletion> Deletions { get; set; } = [];

    public List<ScramCredentialUpsertion> Upsertions { get; set; } = [];

    public sealed partial class ScramCredentialDeletion
    {
        public string Name { get; set; } = "";

        public sbyte Mechanism { get; set; }
    }

    public sealed partial class ScramCredentialUpsertion
    {
        public string Name { get; set; } = "";

        public sbyte Mechanism { get; set; }

        public int Iterations { get; set; }

        public byte[] Salt { get; set; } = [];

        public byte[] SaltedPassword { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class AlterUserScramCredentialsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<AlterUserScramCredentialsResult> Results { get; set; } = [];

    public sealed partial class AlterUserScramCredentialsResult
    {
        public string User { get; set; } = "";

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

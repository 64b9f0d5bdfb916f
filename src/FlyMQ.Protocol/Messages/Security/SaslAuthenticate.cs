namespace FlyMQ.Protocol.Messages.Security;

/// <summary>One step of a SASL exchange; the session’s lifetime since version 1 (KIP-368).</summary>
[ApiRequest(ApiKey.SaslAuthenticate, 0, 2, FlexibleSince = 2)]
public sealed partial class SaslAuthenticateRequest
{
    public byte[] AuthBytes { get; set; } = [];
}

[ApiResponse]
public sealed partial class SaslAuthenticateResponse
{
    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public byte[] AuthBytes { get; set; } = [];

    [Since(1)]
    public long SessionLifetimeMs { get; set; }
}

namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Names the mechanism. In version 0 bare SASL tokens follow, in 1 they come as SaslAuthenticate (KIP-152).</summary>
[ApiRequest(ApiKey.SaslHandshake, 0, 1)]
public sealed partial class SaslHandshakeRequest
{
    public string Mechanism { get; set; } = "";
}

[ApiResponse]
public sealed partial class SaslHandshakeResponse
{
    public ErrorCode ErrorCode { get; set; }

    public List<string> Mechanisms { get; set; } = [];
}

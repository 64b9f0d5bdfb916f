namespace FlyMQ.Protocol.Messages.Security;

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

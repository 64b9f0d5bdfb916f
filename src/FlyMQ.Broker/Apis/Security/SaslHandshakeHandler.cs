using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Security;

namespace FlyMQ.Broker.Apis.Security;

/// <summary>SaslHandshake on a plaintext listener: the client is configured for another kind of listener, and every listener is plaintext so far.</summary>
internal sealed class SaslHandshakeHandler : IApiHandler<SaslHandshakeRequest, SaslHandshakeResponse>
{
    public ValueTask<SaslHandshakeResponse> HandleAsync(SaslHandshakeRequest request, RequestContext context)
        => ValueTask.FromResult(new SaslHandshakeResponse { ErrorCode = ErrorCode.IllegalSaslState });
}

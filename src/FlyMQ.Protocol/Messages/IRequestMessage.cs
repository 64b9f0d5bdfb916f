using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>A request and the response that answers it: dispatch is made of this pairing. Implemented by the generator.</summary>
public interface IRequestMessage<TSelf, TResponse> : IWireMessage
    where TSelf : class, IRequestMessage<TSelf, TResponse>
    where TResponse : class, IResponseMessage<TResponse>
{
    static abstract ApiDescription Api { get; }

    /// <exception cref="MalformedMessageException">The bytes are not this message.</exception>
    static abstract TSelf Read(ref WireReader reader, short version);
}

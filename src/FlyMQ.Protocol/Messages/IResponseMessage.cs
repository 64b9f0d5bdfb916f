using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>
/// A response. Disposing it gives back the record sources it holds; whoever encodes it does so afterwards, or on failure. Twice is harmless.
/// </summary>
public interface IResponseMessage : IWireMessage, IDisposable;

/// <inheritdoc/>
public interface IResponseMessage<TSelf> : IResponseMessage
    where TSelf : class, IResponseMessage<TSelf>
{
    static abstract ApiDescription Api { get; }

    /// <exception cref="MalformedMessageException">The bytes are not this message.</exception>
    static abstract TSelf Read(ref WireReader reader, short version);
}

using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>
/// A response. Disposing it gives back the record sources it holds; whoever encodes it does so afterwards, or on failure. Twice is harmless.
/// </summary>
public interface IResponseMessage : IWireMessage, IDisposable
{
    /// <summary>Every error in it, wherever it stands: of the whole, of a topic, of a partition.</summary>
    void TellErrors(IErrorSink errors);
}

/// <inheritdoc/>
public interface IResponseMessage<TSelf> : IResponseMessage
    where TSelf : class, IResponseMessage<TSelf>
{
    static abstract ApiDescription Api { get; }

    /// <exception cref="MalformedMessageException">The bytes are not this message.</exception>
    static abstract TSelf Read(ref WireReader reader, short version);
}

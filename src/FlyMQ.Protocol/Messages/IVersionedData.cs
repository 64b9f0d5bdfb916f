using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>A versioned format outside of requests and responses; see <see cref="VersionPrefixed"/>.</summary>
public interface IVersionedData<TSelf> : IWireMessage
    where TSelf : class, IVersionedData<TSelf>
{
    static abstract VersionRange Versions { get; }

    /// <exception cref="MalformedMessageException">The bytes are not this format.</exception>
    static abstract TSelf Read(ref WireReader reader, short version);
}

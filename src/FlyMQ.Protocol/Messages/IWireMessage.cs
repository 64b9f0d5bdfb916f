using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>What can be put on the wire in one of several versions.</summary>
public interface IWireMessage
{
    /// <summary>Bytes that <see cref="Write"/> will write.</summary>
    int Size(short version);

    void Write(ref WireWriter writer, short version);
}

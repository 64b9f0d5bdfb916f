using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>What precedes every response. Version 0, or 1 (with tagged fields) for flexible versions of an API.</summary>
public readonly record struct ResponseHeader(int CorrelationId)
{
    public static ResponseHeader Read(ref WireReader reader, short headerVersion)
    {
        var header = new ResponseHeader(reader.ReadInt32("ResponseHeader.CorrelationId"));
        if (headerVersion >= 1)
        {
            reader.SkipTags("ResponseHeader");
        }

        return header;
    }

    public static int Size(short headerVersion) => sizeof(int) + (headerVersion >= 1 ? 1 : 0);

    public void Write(ref WireWriter writer, short headerVersion)
    {
        writer.WriteInt32(CorrelationId);
        if (headerVersion >= 1)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}

using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>What precedes every request. Version 1, or 2 (with tagged fields) for flexible versions of an API.</summary>
/// <param name="ClientId">Never in the compact form, so that an old broker can read the header of a new ApiVersions request.</param>
public readonly record struct RequestHeader(ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>Bytes that tell API, version and correlation id; they are the same in every version.</summary>
    public const int FixedSize = 8;

    /// <summary>
    /// Reads the header. For an API that is not declared only the fixed part is read, because nobody knows what follows; such a
    /// request cannot be answered.
    /// </summary>
    public static RequestHeader Read(ref WireReader reader)
    {
        var key = (ApiKey)reader.ReadInt16("RequestHeader.RequestApiKey");
        var version = reader.ReadInt16("RequestHeader.RequestApiVersion");
        var correlationId = reader.ReadInt32("RequestHeader.CorrelationId");
        if (ApiTable.Find(key) is not { } api)
        {
            return new RequestHeader(key, version, correlationId, null);
        }

        var clientId = reader.ReadNullableString(compact: false, "RequestHeader.ClientId");
        if (api.RequestHeaderVersion(version) >= 2)
        {
            reader.SkipTags("RequestHeader");
        }

        return new RequestHeader(key, version, correlationId, clientId);
    }

    public int Size(short headerVersion) => FixedSize + WireSize.NullableString(ClientId, compact: false) + (headerVersion >= 2 ? 1 : 0);

    public void Write(ref WireWriter writer, short headerVersion)
    {
        writer.WriteInt16((short)ApiKey);
        writer.WriteInt16(ApiVersion);
        writer.WriteInt32(CorrelationId);
        writer.WriteNullableString(ClientId, compact: false);
        if (headerVersion >= 2)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}

using System.Buffers;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Messages;

/// <summary>
/// Data whose version stands before it as an int16: keys and values of Kafka's internal topics, subscriptions and assignments of
/// consumers. In a key of an internal topic the version says which record it is.
/// </summary>
public static class VersionPrefixed
{
    public static byte[] Encode<TData>(TData data, short version)
        where TData : class, IVersionedData<TData>
    {
        var size = sizeof(short) + data.Size(version);
        var buffer = new ArrayBufferWriter<byte>(size);
        var writer = new WireWriter(buffer);
        writer.WriteInt16(version);
        data.Write(ref writer, version);
        writer.Flush();
        return buffer.WrittenCount == size ? buffer.WrittenSpan.ToArray() : throw new InvalidOperationException("Size and Write disagree");
    }

    /// <summary>The version without the rest, for deciding what the rest is.</summary>
    /// <exception cref="MalformedMessageException">Fewer than two bytes.</exception>
    public static short PeekVersion(ReadOnlyMemory<byte> bytes) => new WireReader(bytes).ReadInt16("version");

    /// <summary>
    /// Decodes data of a declared version. Bytes after it are left alone, as Kafka's clients do: newer ones may append to what they
    /// tell each other.
    /// </summary>
    /// <exception cref="MalformedMessageException">The bytes are not this format, or of a version that is not declared.</exception>
    public static TData Decode<TData>(ReadOnlyMemory<byte> bytes)
        where TData : class, IVersionedData<TData> =>
        Decode<TData>(new ReadOnlySequence<byte>(bytes));

    /// <inheritdoc cref="Decode{TData}(ReadOnlyMemory{byte})"/>
    public static TData Decode<TData>(in ReadOnlySequence<byte> bytes)
        where TData : class, IVersionedData<TData>
    {
        var reader = new WireReader(bytes);
        var version = reader.ReadInt16("version");
        return TData.Versions.Contains(version)
            ? TData.Read(ref reader, version)
            : throw new MalformedMessageException(typeof(TData).Name, $"version {version} where {TData.Versions} are known");
    }
}

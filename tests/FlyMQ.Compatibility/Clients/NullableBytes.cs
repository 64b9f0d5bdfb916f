using Confluent.Kafka;

namespace FlyMQ.Compatibility.Clients;

/// <summary>Keeps null and empty apart.</summary>
internal sealed class NullableBytes : IDeserializer<byte[]?>
{
    public static NullableBytes Instance { get; } = new();

    public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? null : data.ToArray();
}

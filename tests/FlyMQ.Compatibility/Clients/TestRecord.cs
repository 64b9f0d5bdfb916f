using System.Text;

namespace FlyMQ.Compatibility.Clients;

/// <summary>A record as a test hands it to a client or gets it back. Null timestamp: the client's clock. Null partition: the client's partitioner.</summary>
internal sealed record TestRecord(byte[]? Key, byte[]? Value)
{
    public int? Partition { get; init; }

    public long Offset { get; init; } = -1;

    public long? Timestamp { get; init; }

    public IReadOnlyList<(string Name, byte[]? Value)> Headers { get; init; } = [];

    public string? KeyText => Key is null ? null : Encoding.UTF8.GetString(Key);

    public string? ValueText => Value is null ? null : Encoding.UTF8.GetString(Value);

    public static TestRecord Of(string? key, string? value) =>
        new(key is null ? null : Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));
}

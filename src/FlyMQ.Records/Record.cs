namespace FlyMQ.Records;

/// <summary>One record as its batch's bytes have it; valid as long as those bytes are.</summary>
public readonly ref struct Record
{
    public required Offset Offset { get; init; }
    /// <summary>Milliseconds since 1970; −1 when the producer gave none.</summary>
    public required long TimestampMs { get; init; }
    /// <summary>A null key is not the same as an empty one; <see cref="Key"/> is empty for both.</summary>
    public required bool IsKeyNull { get; init; }
    public required ReadOnlySpan<byte> Key { get; init; }
    /// <summary>A null value is a tombstone in a compacted topic; <see cref="Value"/> is empty for null and for empty.</summary>
    public required bool IsValueNull { get; init; }
    public required ReadOnlySpan<byte> Value { get; init; }
    /// <summary>Enumerate it with <c>foreach</c>.</summary>
    public required RecordHeaderReader Headers { get; init; }
}

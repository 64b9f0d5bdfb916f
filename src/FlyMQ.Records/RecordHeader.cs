namespace FlyMQ.Records;

/// <summary>A header (KIP-82) of a record that is about to be written.</summary>
public readonly record struct RecordHeader(string Key, ReadOnlyMemory<byte>? Value);

using System.Buffers;
using System.Numerics;
using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Protocol.Wire;

/// <summary>How many bytes <see cref="WireWriter"/> writes for a value.</summary>
public static class WireSize
{
    public const int Uuid = 16;

    public static int UnsignedVarint(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;

    public static int Count(int count, bool compact) => compact ? UnsignedVarint((uint)(count + 1)) : sizeof(int);

    public static int String(string value, bool compact)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        return size + (compact ? UnsignedVarint((uint)size + 1) : sizeof(short));
    }

    public static int NullableString(string? value, bool compact) =>
        value is not null ? String(value, compact) : compact ? 1 : sizeof(short);

    public static int Bytes(byte[] value, bool compact) => Count(value.Length, compact) + value.Length;

    public static int NullableBytes(byte[]? value, bool compact) => value is null ? Count(-1, compact) : Bytes(value, compact);

    public static int NullableRecords(in ReadOnlySequence<byte>? value, bool compact) => Blob(value is { } records ? checked((int)records.Length) : -1, compact);

    public static int NullableRecords(IRecordsSource? value, bool compact) => Blob(value?.Length ?? -1, compact);

    /// <summary>A tagged field with its number and its size.</summary>
    public static int Tagged(uint tag, int size) => UnsignedVarint(tag) + UnsignedVarint((uint)size) + size;

    private static int Blob(int length, bool compact) => checked(Count(length, compact) + Math.Max(length, 0));
}

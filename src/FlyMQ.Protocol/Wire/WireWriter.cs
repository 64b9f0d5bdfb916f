using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Protocol.Wire;

/// <summary>
/// Writes Kafka's wire types into a pipe or another buffer writer. Sizes are known beforehand (<see cref="WireSize"/>), so nothing
/// is patched afterwards. <see cref="Flush"/> ends it: until then the last bytes are not handed over.
/// </summary>
public ref struct WireWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> output = output;
    private Span<byte> span;
    private int used;

    public void WriteBoolean(bool value) => WriteInt8(value ? (sbyte)1 : (sbyte)0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt8(sbyte value) => Take(1)[0] = (byte)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), value);

    public void WriteUInt16(ushort value) => WriteInt16((short)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Take(sizeof(long)), value);

    public void WriteFloat64(double value) => WriteInt64(BitConverter.DoubleToInt64Bits(value));

    public void WriteUuid(Guid value) => value.TryWriteBytes(Take(16), bigEndian: true, out _);

    public void WriteUnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            WriteInt8((sbyte)(value | 0x80));
            value >>= 7;
        }

        WriteInt8((sbyte)value);
    }

    /// <exception cref="ArgumentException">More than 32,767 bytes of UTF-8, which the form before flexible versions cannot carry.</exception>
    public void WriteString(string value, bool compact)
    {
        var size = Encoding.UTF8.GetByteCount(value);
        if (compact)
        {
            WriteUnsignedVarint((uint)size + 1);
        }
        else
        {
            WriteInt16(size <= short.MaxValue ? (short)size : throw new ArgumentException("A string of more than 32,767 bytes", nameof(value)));
        }

        if (span.Length - used >= size)
        {
            used += Encoding.UTF8.GetBytes(value, span[used..]);
        }
        else
        {
            Flush();
            Encoding.UTF8.GetBytes(value, output);
        }
    }

    public void WriteNullableString(string? value, bool compact)
    {
        if (value is not null)
        {
            WriteString(value, compact);
        }
        else if (compact)
        {
            WriteUnsignedVarint(0);
        }
        else
        {
            WriteInt16(-1);
        }
    }

    public void WriteBytes(byte[] value, bool compact)
    {
        WriteCount(value.Length, compact);
        WriteRaw(value);
    }

    public void WriteNullableBytes(byte[]? value, bool compact)
    {
        WriteCount(value?.Length ?? -1, compact);
        WriteRaw(value);
    }

    public void WriteNullableRecords(in ReadOnlySequence<byte>? value, bool compact)
    {
        WriteCount(value is { } records ? checked((int)records.Length) : -1, compact);
        if (value is { } present)
        {
            foreach (var segment in present)
            {
                WriteRaw(segment.Span);
            }
        }
    }

    /// <summary>The source writes into the output itself: one copy, from where the bytes are to where they are sent.</summary>
    /// <exception cref="IOException">As <see cref="IRecordsSource.CopyTo"/>: the output then holds half a message.</exception>
    public void WriteNullableRecords(IRecordsSource? value, bool compact)
    {
        WriteCount(value?.Length ?? -1, compact);
        if (value is { Length: > 0 })
        {
            Flush();
            value.CopyTo(output);
        }
    }

    /// <summary>The count of an array or the length of bytes; −1 for null.</summary>
    public void WriteCount(int count, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint((uint)(count + 1));
        }
        else
        {
            WriteInt32(count);
        }
    }

    public void WritePresence(bool present) => WriteInt8(present ? (sbyte)1 : (sbyte)-1);

    /// <summary>What precedes a tagged field: its number and its size.</summary>
    public void WriteTag(uint tag, int size)
    {
        WriteUnsignedVarint(tag);
        WriteUnsignedVarint((uint)size);
    }

    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        if (span.Length - used >= bytes.Length)
        {
            bytes.CopyTo(span[used..]);
            used += bytes.Length;
        }
        else
        {
            Flush();
            output.Write(bytes);
        }
    }

    /// <summary>Hands everything written so far to the output.</summary>
    public void Flush()
    {
        if (used > 0)
        {
            output.Advance(used);
        }

        span = default;
        used = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int size)
    {
        if (span.Length - used < size)
        {
            Grow(size);
        }

        var taken = span.Slice(used, size);
        used += size;
        return taken;
    }

    private void Grow(int size)
    {
        Flush();
        span = output.GetSpan(size);
    }
}

using System.Buffers.Binary;
using System.Text;

namespace FlyMQ.Compatibility.Wire;

/// <summary>
/// Kafka's primitive types, written by hand: the suite's raw frames owe nothing to the codecs under test.
/// </summary>
internal sealed class FrameWriter
{
    private readonly MemoryStream _bytes = new();

    public int Length => (int)_bytes.Length;

    public FrameWriter Int8(int value)
    {
        _bytes.WriteByte((byte)value);
        return this;
    }

    public FrameWriter Int16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, (short)value);
        _bytes.Write(bytes);
        return this;
    }

    public FrameWriter Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    public FrameWriter UInt32(uint value) => Int32(unchecked((int)value));

    public FrameWriter Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A signed zig-zag varint, as records have it.</summary>
    public FrameWriter Varint(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        while (rest >= 0x80)
        {
            _bytes.WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        _bytes.WriteByte((byte)rest);
        return this;
    }

    /// <summary>A string with a 16-bit length; null is -1.</summary>
    public FrameWriter String(string? value)
    {
        if (value is null)
        {
            return Int16(-1);
        }

        var bytes = Encoding.UTF8.GetBytes(value);
        return Int16(bytes.Length).Raw(bytes);
    }

    public FrameWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>The content behind its 32-bit size.</summary>
    public byte[] ToFrame()
    {
        var frame = new byte[4 + Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, Length);
        _bytes.ToArray().CopyTo(frame, 4);
        return frame;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>
/// A protobuf message as it is written, field by field. The length of a message within it stands before it and is known behind it: four bytes are kept for it, which
/// readers take like a shorter number.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, LengthBytes = 4;
    private byte[] _bytes = new byte[16 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>A message within this one.</summary>
    /// <returns>Where it begins, for <see cref="Close"/>.</returns>
    public int Open(int field)
    {
        Tag(field, Delimited);
        Space(LengthBytes);
        return Length;
    }

    public void Close(int begin)
    {
        var length = Length - begin;
        for (var i = LengthBytes; i > 0; i--, length >>= 7)
        {
            _bytes[begin - i] = (byte)((length & 0x7F) | (i > 1 ? 0x80 : 0));
        }
    }

    public void Text(int field, string text)
    {
        Tag(field, Delimited);
        var bytes = Encoding.UTF8.GetByteCount(text);
        Number((ulong)bytes);
        Encoding.UTF8.GetBytes(text, Space(bytes));
    }

    /// <returns>Where to put the bytes.</returns>
    public Span<byte> Bytes(int field, int length)
    {
        Tag(field, Delimited);
        Number((ulong)length);
        return Space(length);
    }

    /// <summary>A bool, an enum or a whole number.</summary>
    public void Whole(int field, ulong value)
    {
        Tag(field, Varint);
        Number(value);
    }

    public void Fixed(int field, ulong value)
    {
        Tag(field, Fixed64);
        Fixed(value);
    }

    public void Fixed(int field, double value) => Fixed(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>An element of a field that was opened: such are packed without a tag each.</summary>
    public void Fixed(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Space(sizeof(ulong)), value);

    private void Tag(int field, int wireType) => Number((ulong)((field << 3) | wireType));

    private void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Space(1)[0] = (byte)(value | 0x80);
            value >>= 7;
        }

        Space(1)[0] = (byte)value;
    }

    private Span<byte> Space(int bytes)
    {
        if (_bytes.Length - Length < bytes)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + bytes));
        }

        Length += bytes;
        return _bytes.AsSpan(Length - bytes, bytes);
    }
}

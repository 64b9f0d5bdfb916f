using System.Buffers.Binary;
using System.Text;

namespace FlyMQ.Metadata.Encoding;

/// <summary>
/// Writes the encoding of the metadata log and its snapshots (docs/internals/metadata.md): integers as LEB128 varints (signed ones
/// zigzag), strings and lists with a length, and every structure with its length in front, so that a later release may append fields.
/// </summary>
internal sealed class MetadataWriter
{
    private byte[] _buffer = new byte[256];

    private int _length;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public void Byte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _buffer[_length++] = (byte)value;
    }

    public void Int(long value) => UInt((ulong)((value << 1) ^ (value >> 63)));

    public void Uuid(Guid value)
    {
        Reserve(16);
        value.TryWriteBytes(_buffer.AsSpan(_length), bigEndian: true, out _);
        _length += 16;
    }

    /// <summary>UTF-8 with its length plus one in front; null is 0.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            UInt(0);
            return;
        }

        var bytes = System.Text.Encoding.UTF8.GetByteCount(value);
        UInt((ulong)bytes + 1);
        Reserve(bytes);
        System.Text.Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
        _length += bytes;
    }

    public void Ints(ReadOnlySpan<int> values)
    {
        UInt((ulong)values.Length);
        foreach (var value in values)
        {
            Int(value);
        }
    }

    /// <summary>A structure: everything <paramref name="fields"/> writes, behind a length of four bytes (little-endian).</summary>
    public void Struct<T>(T value, Action<MetadataWriter, T> fields)
    {
        Reserve(4);
        var start = _length;
        _length += 4;
        fields(this, value);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(start), _length - start - 4);
    }

    public void List<T>(IReadOnlyCollection<T> values, Action<MetadataWriter, T> fields)
    {
        UInt((ulong)values.Count);
        foreach (var value in values)
        {
            Struct(value, fields);
        }
    }

    public void Map(IReadOnlyCollection<KeyValuePair<string, string>> values) => List(values, static (w, pair) =>
    {
        w.Text(pair.Key);
        w.Text(pair.Value);
    });

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        }
    }
}

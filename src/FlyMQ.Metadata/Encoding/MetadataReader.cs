using System.Buffers.Binary;
using System.Collections.Immutable;

namespace FlyMQ.Metadata.Encoding;

/// <summary>
/// Reads what <see cref="MetadataWriter"/> wrote. Tolerant in both directions: a field that an older release did not write has its default
/// (0, null, empty), fields that a newer release appended are passed over.
/// </summary>
internal ref struct MetadataReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public delegate T Fields<out T>(ref MetadataReader reader);

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte()
    {
        if (AtEnd)
        {
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public bool Bool() => Byte() != 0;

    public ulong UInt()
    {
        if (AtEnd)
        {
            return 0;
        }

        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new MetadataFormatException("a varint has more than ten bytes");
    }

    public long Int()
    {
        var value = UInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Int32() => Int() is >= int.MinValue and <= int.MaxValue and var value
        ? (int)value
        : throw new MetadataFormatException("a number does not fit into 32 bits");

    public Guid Uuid() => AtEnd ? Guid.Empty : new Guid(Take(16), bigEndian: true);

    public string? TextOrNull()
    {
        var length = UInt();
        return length == 0 ? null : System.Text.Encoding.UTF8.GetString(Take(length - 1));
    }

    public string Text() => TextOrNull() ?? "";

    public ImmutableArray<int> Ints()
    {
        var values = ImmutableArray.CreateBuilder<int>(Count());
        for (var i = values.Capacity; i > 0; i--)
        {
            values.Add(Int32());
        }

        return values.MoveToImmutable();
    }

    public T Struct<T>(Fields<T> fields)
    {
        var length = AtEnd ? 0 : BinaryPrimitives.ReadInt32LittleEndian(Take(4));
        var inner = new MetadataReader(Take((ulong)(uint)length));
        return fields(ref inner);
    }

    public ImmutableArray<T> List<T>(Fields<T> fields)
    {
        var values = ImmutableArray.CreateBuilder<T>(Count());
        for (var i = values.Capacity; i > 0; i--)
        {
            values.Add(Struct(fields));
        }

        return values.MoveToImmutable();
    }

    public ImmutableSortedDictionary<string, string> Map() =>
        List(static (ref MetadataReader r) => KeyValuePair.Create(r.Text(), r.Text())).ToImmutableSortedDictionary(StringComparer.Ordinal);

    // Every element takes at least a byte, so a count above the bytes left is damage, not a reason to allocate.
    private int Count()
    {
        var count = UInt();
        return count <= (ulong)_rest.Length ? (int)count : throw new MetadataFormatException($"a list of {count} elements in {_rest.Length} bytes");
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw new MetadataFormatException($"{length} bytes wanted where {_rest.Length} are left");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}

using System.Buffers.Binary;

namespace FlyMQ.Broker.Telemetry.Otlp;

/// <summary>
/// The fields of one message of protocol buffers, one after the other. A message within it is another reader over <see cref="Bytes"/>, so that depth is bounded by
/// who reads. Bytes come from strangers: what is malformed ends the reading and sets <see cref="IsMalformed"/>.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int MaxVarintBytes = 10;
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    public WireType Type { get; private set; }

    /// <summary>The value of a number, of whatever width, as its bits.</summary>
    public ulong Number { get; private set; }

    /// <summary>The value of a text, a message or packed numbers.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The whole field as it was written, its tag included.</summary>
    public ReadOnlySpan<byte> Raw { get; private set; }

    public bool IsMalformed { get; private set; }

    public readonly bool IsBytes(int field) => Field == field && Type == WireType.Bytes;

    public readonly bool IsFixed64(int field) => Field == field && Type == WireType.Fixed64;

    public readonly bool IsVarint(int field) => Field == field && Type == WireType.Varint;

    /// <summary>A <see cref="WireType.Fixed64"/> as a floating point number.</summary>
    public readonly double AsDouble => BitConverter.UInt64BitsToDouble(Number);

    /// <summary>The next field; false at the end, and where the bytes are not a message's.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        var before = _rest;
        Bytes = default;
        if (!TryVarint(out var tag) || tag > uint.MaxValue || tag >> 3 == 0 || !TryValue((WireType)(tag & 7)))
        {
            IsMalformed = true;
            return false;
        }

        (Field, Type) = ((int)(tag >> 3), (WireType)(tag & 7));
        Raw = before[..^_rest.Length];
        return true;
    }

    private bool TryValue(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                if (!TryVarint(out var number))
                {
                    return false;
                }

                Number = number;
                return true;
            case WireType.Fixed64:
                if (!TryTake(sizeof(ulong), out var wide))
                {
                    return false;
                }

                Number = BinaryPrimitives.ReadUInt64LittleEndian(wide);
                return true;
            case WireType.Fixed32:
                if (!TryTake(sizeof(uint), out var narrow))
                {
                    return false;
                }

                Number = BinaryPrimitives.ReadUInt32LittleEndian(narrow);
                return true;
            case WireType.Bytes:
                if (!TryVarint(out var length) || length > (ulong)_rest.Length || !TryTake((int)length, out var bytes))
                {
                    return false;
                }

                Bytes = bytes;
                return true;
            default:
                return false;
        }
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < MaxVarintBytes && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> taken)
    {
        if (count > _rest.Length)
        {
            taken = default;
            return false;
        }

        taken = _rest[..count];
        _rest = _rest[count..];
        return true;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Text;
using FlyMQ.Protocol.Messages;
using FlyMQ.Records;

namespace FlyMQ.Protocol.Tests.Layouts;

/// <summary>
/// A second, plain encoder that walks a layout and an object: what the generated writers are held against. Shares no code with them.
/// </summary>
internal sealed class LayoutEncoder(MessageLayout layout, short version)
{
    private readonly MemoryStream output = new();
    private readonly bool flexible = layout.IsFlexible(version);

    /// <summary>When set, every tag section gets fields of unknown numbers, too.</summary>
    public Random? UnknownTags { get; init; }

    public byte[] Encode(object message)
    {
        Struct(layout.Fields, message);
        return output.ToArray();
    }

    private void Struct(IReadOnlyList<FieldLayout> fields, object value)
    {
        foreach (var field in fields.Where(f => f.Tag is null && f.IsIn(version)))
        {
            Field(field, Get(value, field));
        }

        if (flexible)
        {
            Tags(fields, value);
        }
    }

    private void Tags(IReadOnlyList<FieldLayout> fields, object value)
    {
        var sections = new SortedDictionary<int, byte[]>();
        foreach (var field in fields.Where(f => f.Tag is not null && f.IsIn(version)))
        {
            var content = Get(value, field);
            if (!IsDefault(field, content))
            {
                var inner = new LayoutEncoder(layout, version) { UnknownTags = UnknownTags };
                inner.Field(field, content);
                sections[field.Tag!.Value] = inner.output.ToArray();
            }
        }

        for (var extra = UnknownTags?.Next(3) ?? 0; extra > 0; extra--)
        {
            var unknown = new byte[UnknownTags!.Next(200)];
            UnknownTags.NextBytes(unknown);
            sections[UnknownTags.Next(100, 100_000)] = unknown;
        }

        Varint((uint)sections.Count);
        foreach (var (tag, content) in sections)
        {
            Varint((uint)tag);
            Varint((uint)content.Length);
            output.Write(content);
        }
    }

    private void Field(FieldLayout field, object? value)
    {
        if (!field.IsList)
        {
            if (field.Type == "struct" && field.NullableSince is not null)
            {
                output.WriteByte(value is null ? (byte)0xff : (byte)1);
                if (value is null)
                {
                    return;
                }
            }

            Value(field, value);
            return;
        }

        if (value is null && !field.IsNullableIn(version))
        {
            Count(0);
            return;
        }

        var list = (ICollection?)value;
        Count(list?.Count ?? -1);
        foreach (var item in list ?? Array.Empty<object>())
        {
            Value(field, item);
        }
    }

    private void Value(FieldLayout field, object? value)
    {
        switch (field.Type)
        {
            case "bool":
                output.WriteByte((bool)value! ? (byte)1 : (byte)0);
                break;
            case "int8":
                output.WriteByte((byte)Convert.ToSByte(value, CultureInfo.InvariantCulture));
                break;
            case "int16":
                Big(2, Convert.ToInt16(value, CultureInfo.InvariantCulture));
                break;
            case "uint16":
                Big(2, (ushort)value!);
                break;
            case "int32":
                Big(4, (int)value!);
                break;
            case "int64":
                Big(8, (long)value!);
                break;
            case "float64":
                Big(8, BitConverter.DoubleToInt64Bits((double)value!));
                break;
            case "uuid":
                // Spelled from the text, so that a mix-up of byte orders would show.
                output.Write(Convert.FromHexString(((Guid)value!).ToString("N")));
                break;
            case "string":
                Text((string?)value ?? (field.IsNullableIn(version) ? null : ""));
                break;
            case "bytes":
                Blob((byte[]?)value ?? (field.IsNullableIn(version) ? null : []));
                break;
            case "records":
                Blob(RecordBytes(value));
                break;
            case "struct":
                Struct(field.Fields, value!);
                break;
            default:
                throw new InvalidOperationException(field.Type);
        }
    }

    public static byte[]? RecordBytes(object? records) => records switch
    {
        null => null,
        ReadOnlySequence<byte> slice => slice.ToArray(),
        SequenceRecordsSource source => source.Records.ToArray(),
        _ => throw new InvalidOperationException($"{records.GetType()} are no records"),
    };

    public static bool IsDefault(FieldLayout field, object? value) => field.Default switch
    {
        "null" => value is null,
        _ when value is null => true,
        "" => value switch
        {
            string s => s.Length == 0,
            ICollection c => c.Count == 0,
            Guid id => id == Guid.Empty,
            IRecordsSource records => records.Length == 0,
            bool b => !b,
            Enum e => Convert.ToInt64(e, CultureInfo.InvariantCulture) == 0,
            IConvertible n => n.ToDouble(CultureInfo.InvariantCulture) == 0,
            _ => false,
        },
        var number => value is IConvertible n && n.ToString(CultureInfo.InvariantCulture).Equals(number, StringComparison.OrdinalIgnoreCase),
    };

    private static object? Get(object value, FieldLayout field) => value.GetType().GetProperty(field.Name)!.GetValue(value);

    private void Text(string? text)
    {
        var bytes = text is null ? null : Encoding.UTF8.GetBytes(text);
        if (flexible)
        {
            Varint((uint)((bytes?.Length ?? -1) + 1));
        }
        else
        {
            Big(2, bytes?.Length ?? -1);
        }

        output.Write(bytes);
    }

    private void Blob(byte[]? bytes)
    {
        Count(bytes?.Length ?? -1);
        output.Write(bytes);
    }

    private void Count(int count)
    {
        if (flexible)
        {
            Varint((uint)(count + 1));
        }
        else
        {
            Big(4, count);
        }
    }

    private void Varint(uint value)
    {
        for (; value > 127; value /= 128)
        {
            output.WriteByte((byte)((value % 128) + 128));
        }

        output.WriteByte((byte)value);
    }

    private void Big(int size, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        output.Write(bytes[(8 - size)..]);
    }
}

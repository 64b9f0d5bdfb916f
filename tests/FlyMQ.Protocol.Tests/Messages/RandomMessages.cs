using System.Buffers;
using System.Collections;
using System.Reflection;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Tests.Layouts;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>Fills messages with random contents: defaults, nulls, empty and long values among them.</summary>
internal sealed class RandomMessages(Random random, short version)
{
    private static readonly string[] Texts = ["", "a", "orders", "ключ", "日本", "🦋", new string('x', 300)];

    /// <summary>Sets also what the version does not have, so that dropping it shows.</summary>
    public bool FillAllVersions { get; init; }

    public object Fill(object message, IReadOnlyList<FieldLayout> fields)
    {
        foreach (var field in fields.Where(f => FillAllVersions || f.IsIn(version)))
        {
            // One in four keeps its default.
            if (random.Next(4) > 0)
            {
                var property = message.GetType().GetProperty(field.Name)!;
                property.SetValue(message, Value(field, property));
            }
        }

        return message;
    }

    private object? Value(FieldLayout field, PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (field.IsNullableIn(version) && random.Next(4) == 0)
        {
            return null;
        }

        if (!field.IsList)
        {
            return Value(field, type);
        }

        var list = (IList)Activator.CreateInstance(type)!;
        for (var count = random.Next(4); count > 0; count--)
        {
            list.Add(Value(field, type.GetGenericArguments()[0]));
        }

        return list;
    }

    private object Value(FieldLayout field, Type type) => field.Type switch
    {
        "bool" => random.Next(2) == 0,
        "int8" => Convert((sbyte)random.Next(sbyte.MinValue, sbyte.MaxValue + 1), type),
        "int16" => Convert((short)random.Next(short.MinValue, short.MaxValue + 1), type),
        "uint16" => (ushort)random.Next(ushort.MaxValue + 1),
        "int32" => random.Next(3) == 0 ? random.Next(-2, 3) : (int)random.NextInt64(int.MinValue, int.MaxValue + 1L),
        "int64" => random.Next(3) == 0 ? random.Next(-2, 3) : random.NextInt64(long.MinValue, long.MaxValue),
        "float64" => random.NextDouble() * random.Next(-1000, 1000),
        "uuid" => new Guid(Bytes(16)),
        "string" => Texts[random.Next(Texts.Length)],
        "bytes" => Bytes(random.Next(40)),
        "records" when type == typeof(ReadOnlySequence<byte>) => new ReadOnlySequence<byte>(Bytes(random.Next(300))),
        "records" => new SequenceRecordsSource(Segments.Split(Bytes(random.Next(300)), random)),
        "struct" => Fill(Activator.CreateInstance(type)!, field.Fields),
        _ => throw new InvalidOperationException(field.Type),
    };

    private static object Convert(object number, Type type) => type.IsEnum ? Enum.ToObject(type, number) : number;

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}

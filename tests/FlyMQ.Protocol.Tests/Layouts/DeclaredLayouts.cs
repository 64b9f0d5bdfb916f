using System.Buffers;
using System.Globalization;
using System.Reflection;
using FlyMQ.Protocol.Messages;
using FlyMQ.Records;

namespace FlyMQ.Protocol.Tests.Layouts;

/// <summary>Reads the layout of a message from its declaration, without what the generator made of it.</summary>
internal static class DeclaredLayouts
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static MessageLayout Of(Type message)
    {
        var declaring = message.Name.EndsWith("Response", StringComparison.Ordinal)
            ? message.Assembly.GetType(message.FullName![..^"Response".Length] + "Request", throwOnError: true)!
            : message;
        var (min, max, flexible, unstable) = declaring.GetCustomAttribute<ApiRequestAttribute>() is { } api
            ? (api.From, api.To, api.FlexibleSince, api.NewestIsUnstable)
            : declaring.GetCustomAttribute<WireDataAttribute>() is { } data
                ? (data.From, data.To, data.FlexibleSince, false)
                : throw new InvalidOperationException($"{declaring.Name} is not declared");
        return new MessageLayout(message.Name, min, max, flexible, unstable, Fields(message, min, max));
    }

    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).OrderBy(p => p.MetadataToken);

    private static List<FieldLayout> Fields(Type type, short min, short max)
    {
        var fresh = Activator.CreateInstance(type)!;
        return Properties(type).Select(p => Field(p, fresh, min, max)).ToList();
    }

    private static FieldLayout Field(PropertyInfo property, object fresh, short min, short max)
    {
        var since = property.GetCustomAttribute<SinceAttribute>()?.Version ?? min;
        var until = property.GetCustomAttribute<UntilAttribute>()?.Version ?? max;
        var tag = property.GetCustomAttribute<TagAttribute>()?.Number;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var isList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>);
        var value = isList ? type.GetGenericArguments()[0] : type;
        var name = KafkaName(value);
        var isTaggedStruct = name == "struct" && !isList && tag is not null;
        short? nullableSince = property.GetCustomAttribute<NullableSinceAttribute>()?.Version ??
            (IsNullable(property) && !isTaggedStruct ? (short)0 : null);
        return new FieldLayout(
            property.Name, name, isList, since, until, nullableSince, tag,
            Default(property.GetValue(fresh), name, isList, nullableSince is not null),
            property.GetCustomAttribute<IgnorableAttribute>() is not null,
            name == "struct" ? Fields(value, min, max) : []);
    }

    private static bool IsNullable(PropertyInfo property) =>
        Nullable.GetUnderlyingType(property.PropertyType) is not null ||
        (!property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable);

    private static string KafkaName(Type type) => type switch
    {
        _ when type.IsEnum => KafkaName(type.GetEnumUnderlyingType()),
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(sbyte) => "int8",
        _ when type == typeof(short) => "int16",
        _ when type == typeof(ushort) => "uint16",
        _ when type == typeof(int) => "int32",
        _ when type == typeof(long) => "int64",
        _ when type == typeof(double) => "float64",
        _ when type == typeof(Guid) => "uuid",
        _ when type == typeof(string) => "string",
        _ when type == typeof(byte[]) => "bytes",
        _ when type == typeof(ReadOnlySequence<byte>) || type == typeof(IRecordsSource) => "records",
        _ => "struct",
    };

    private static string Default(object? value, string type, bool isList, bool isNullable) => value switch
    {
        _ when type == "struct" && !isList && !isNullable => "",
        null => "null",
        IRecordsSource { Length: 0 } => "",
        Guid id when id == Guid.Empty => "",
        string { Length: 0 } or byte[] { Length: 0 } or System.Collections.ICollection { Count: 0 } or false => "",
        true => "true",
        Enum e => Number(Convert.ToInt64(e, CultureInfo.InvariantCulture)),
        double d => d == 0 ? "" : d.ToString(CultureInfo.InvariantCulture),
        IConvertible number => Number(number.ToInt64(CultureInfo.InvariantCulture)),
        _ => throw new InvalidOperationException($"A default of {value}"),
    };

    private static string Number(long value) => value == 0 ? "" : value.ToString(CultureInfo.InvariantCulture);
}

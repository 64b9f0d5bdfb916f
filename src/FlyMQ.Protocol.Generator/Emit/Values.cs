using System.Linq;
using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>What is known of a value without looking at a message.</summary>
internal static class Values
{
    /// <summary>Bytes of a value of a fixed size; 0 for the others.</summary>
    public static int FixedSize(WireType type) => type switch
    {
        WireType.Boolean or WireType.Int8 => 1,
        WireType.Int16 or WireType.UInt16 => 2,
        WireType.Int32 => 4,
        WireType.Int64 or WireType.Float64 => 8,
        WireType.Uuid => 16,
        _ => 0,
    };

    /// <summary>The fewest bytes an element of a list takes, over all versions that have the list; at least one.</summary>
    public static int MinElementSize(this MessageModel message, FieldModel list)
    {
        var range = list.Range.Within(message.Range);
        return System.Math.Max(1, Enumerable.Range(range.From, range.To - range.From + 1).Min(version => MinSize(message, list, version)));
    }

    /// <summary>Whether the field holds what a fresh message holds.</summary>
    public static string IsDefault(this FieldModel field) => field switch
    {
        { Default: "null" } => $"{field.Name} is null",
        { IsList: true, IsNullable: true } => $"{field.Name} is {{ Count: 0 }}",
        { IsList: true } => $"{field.Name}.Count == 0",
        { Type: WireType.Bytes } => $"{field.Name} is {{ Length: 0 }}",
        { Type: WireType.Struct } => $"{field.Name}.IsDefault()",
        { Type: WireType.Boolean, Default: "true" } => field.Name,
        { Type: WireType.Boolean } => $"!{field.Name}",
        { Type: WireType.String, Default: "\"\"" } => $"{field.Name} is {{ Length: 0 }}",
        _ => $"{field.Name} == {field.Default}",
    };

    private static int MinSize(MessageModel message, FieldModel field, int version)
    {
        var flexible = version >= message.FlexibleSince;
        return field.Type switch
        {
            WireType.String => flexible ? 1 : 2,
            WireType.Bytes or WireType.RecordsSlice or WireType.RecordsSource => flexible ? 1 : 4,
            WireType.Struct => (flexible ? 1 : 0) + message.Struct(field).Fields
                .Where(f => !f.IsTagged && f.Range.Contains(version))
                .Sum(f => f.IsList ? (flexible ? 1 : 4) : f is { Type: WireType.Struct, IsNullable: true } ? 1 : MinSize(message, f, version)),
            _ => FixedSize(field.Type),
        };
    }
}

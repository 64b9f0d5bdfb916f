using FlyMQ.Protocol.Generator.Model;

namespace FlyMQ.Protocol.Generator.Emit;

/// <summary>C# conditions on <c>version</c>; null where they always hold.</summary>
internal static class Conditions
{
    public static string? Has(this MessageModel message, FieldModel field)
    {
        var from = field.Range.From > message.Range.From ? $"version >= {field.Range.From}" : null;
        var to = field.Range.To < message.Range.To ? $"version <= {field.Range.To}" : null;
        return And(from, to);
    }

    public static string Lacks(this MessageModel message, FieldModel field)
    {
        var before = field.Range.From > message.Range.From ? $"version < {field.Range.From}" : null;
        var after = field.Range.To < message.Range.To ? $"version > {field.Range.To}" : null;
        return before is not null && after is not null ? $"({before} || {after})" : before ?? after!;
    }

    public static bool IsAlwaysThere(this MessageModel message, FieldModel field) => message.Has(field) is null;

    /// <summary>An expression that says whether the version is flexible; <c>flexible</c> is a local of the method.</summary>
    public static string Flexible(this MessageModel message) =>
        message.FlexibleSince <= message.Range.From ? "true" : message.FlexibleSince > message.Range.To ? "false" : "flexible";

    public static void DeclareFlexible(this CodeWriter code, MessageModel message)
    {
        if (message.Flexible() == "flexible")
        {
            code.Line($"var flexible = version >= {message.FlexibleSince};");
        }
    }

    public static bool HasFlexible(this MessageModel message) => message.FlexibleSince <= message.Range.To;

    public static string? FlexibleCondition(this MessageModel message) => message.Flexible() == "true" ? null : message.Flexible();

    /// <summary>Null when the field may be null in every version that has it; else the condition under which it may.</summary>
    public static string? MayBeNull(this FieldModel field) =>
        field.NullableSince <= field.Range.From ? null : $"version >= {field.NullableSince}";

    public static string? And(string? left, string? right) =>
        left is not null && right is not null ? $"{left} && {right}" : left ?? right;
}

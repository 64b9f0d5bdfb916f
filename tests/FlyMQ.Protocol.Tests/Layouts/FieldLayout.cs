using System.Globalization;

namespace FlyMQ.Protocol.Tests.Layouts;

/// <summary>A field as a specification says it: the same shape whether read from a declaration or from Kafka's own description.</summary>
/// <param name="Type">Kafka's name of the type of the value or element; <c>struct</c> for structs.</param>
/// <param name="Fields">Of a struct; empty otherwise.</param>
internal sealed record FieldLayout(
    string Name,
    string Type,
    bool IsList,
    short Since,
    short Until,
    short? NullableSince,
    int? Tag,
    string Default,
    bool Ignorable,
    IReadOnlyList<FieldLayout> Fields)
{
    public bool IsIn(short version) => version >= Since && version <= Until;

    public bool IsNullableIn(short version) => version >= NullableSince;

    public bool IsStruct => Type == "struct" && !IsList;

    /// <summary>One version of the field, as text that two layouts can be compared by.</summary>
    public string Describe(short version, bool withIgnorable)
    {
        var text = $"{Name} {(IsList ? "[]" : "")}{Type}{(IsNullableIn(version) ? "?" : "")}";
        text += Type == "struct" ? MessageLayout.Describe(Fields, version, withIgnorable) : "";
        text += Default.Length > 0 ? $" = {Default}" : "";
        text += Tag is { } tag ? string.Create(CultureInfo.InvariantCulture, $" tag {tag}") : "";
        return text + (withIgnorable && Ignorable ? " ignorable" : "");
    }
}

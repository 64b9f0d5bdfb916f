namespace FlyMQ.Protocol.Generator.Model;

/// <param name="Name">The property's name.</param>
/// <param name="Type">The wire type of the value, or of an element when <paramref name="IsList"/>.</param>
/// <param name="TypeName">The C# type of the value or element, fully qualified: of a struct, an enumeration or a primitive.</param>
/// <param name="Range">The versions that have the field.</param>
/// <param name="NullableSince">The first version in which it may be null; <see cref="Versions.Never"/> when it never may.</param>
/// <param name="Tag">−1 when it is not tagged.</param>
/// <param name="Default">The C# expression a fresh message holds.</param>
/// <param name="Ignorable">Whether a version without the field may be written although it is set.</param>
internal sealed record FieldModel(
    string Name,
    WireType Type,
    string TypeName,
    bool IsList,
    bool IsEnum,
    Versions Range,
    int NullableSince,
    int Tag,
    string Default,
    bool Ignorable)
{
    public bool IsNullable => NullableSince != Versions.Never;

    public bool IsTagged => Tag >= 0;
}

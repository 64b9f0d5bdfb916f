using System.Linq;

namespace FlyMQ.Protocol.Generator.Model;

internal enum MessageKind
{
    Request,
    Response,
    Data,
}

/// <param name="Structs">The message itself first, then its nested structs.</param>
/// <param name="FlexibleSince"><see cref="Versions.Never"/> when no version is flexible.</param>
/// <param name="ApiKey">The name in the ApiKey enumeration; empty for data.</param>
/// <param name="Error">What is wrong with the declaration; the build fails with it.</param>
internal sealed record MessageModel(
    string Namespace,
    MessageKind Kind,
    EquatableArray<StructModel> Structs,
    Versions Range,
    int FlexibleSince,
    string ApiKey,
    int ApiKeyValue,
    bool NewestIsUnstable,
    string? Error)
{
    public StructModel Root => Structs[0];

    public StructModel Struct(FieldModel field) => Structs.First(s => s.FullName == field.TypeName);
}

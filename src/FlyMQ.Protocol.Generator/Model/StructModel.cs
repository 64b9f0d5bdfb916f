namespace FlyMQ.Protocol.Generator.Model;

/// <param name="Name">The class's own name.</param>
/// <param name="FullName">With <c>global::</c>, because a property often has its struct's name.</param>
internal sealed record StructModel(string Name, string FullName, EquatableArray<FieldModel> Fields);

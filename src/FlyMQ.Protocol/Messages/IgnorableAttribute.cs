namespace FlyMQ.Protocol.Messages;

/// <summary>
/// A request may be written in a version without the field although the field is set. Without this, that is an
/// <see cref="UnsupportedFieldException"/>. Responses drop what their client's version lacks.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IgnorableAttribute : Attribute;

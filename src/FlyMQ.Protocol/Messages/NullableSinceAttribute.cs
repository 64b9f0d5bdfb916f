namespace FlyMQ.Protocol.Messages;

/// <summary>The first version in which the field may be null; before it, null is written as empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NullableSinceAttribute(short version) : Attribute
{
    public short Version => version;
}

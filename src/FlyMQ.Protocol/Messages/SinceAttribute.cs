namespace FlyMQ.Protocol.Messages;

/// <summary>The first version that has the field.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceAttribute(short version) : Attribute
{
    public short Version => version;
}

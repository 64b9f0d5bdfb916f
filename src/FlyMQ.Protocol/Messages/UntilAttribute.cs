namespace FlyMQ.Protocol.Messages;

/// <summary>The last version that has the field.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class UntilAttribute(short version) : Attribute
{
    public short Version => version;
}

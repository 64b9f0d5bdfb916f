namespace FlyMQ.Protocol.Messages;

/// <summary>
/// The field comes after all others, under this number, and only when it does not hold its default (KIP-482). A tagged struct is
/// nullable here: null is not sent.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TagAttribute(short number) : Attribute
{
    public short Number => number;
}

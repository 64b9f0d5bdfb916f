namespace FlyMQ.Protocol.Messages;

/// <summary>Declares a versioned format that is neither request nor response: what members tell each other, records of internal topics.</summary>
/// <param name="from">The first version.</param>
/// <param name="to">The newest version.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class WireDataAttribute(short from, short to) : Attribute
{
    public short From => from;

    public short To => to;

    /// <summary>The first version with compact forms and tagged fields (KIP-482); none when unset.</summary>
    public short FlexibleSince { get; init; } = short.MaxValue;
}

namespace FlyMQ.Protocol.Messages;

/// <summary>
/// Declares a request, and with it an API: its reader, writer, size and row in <see cref="ApiTable"/> are generated. The class
/// ends with Request, is partial, and its properties are the fields in wire order. The response is the class of the same name that
/// ends with Response.
/// </summary>
/// <param name="key">The API.</param>
/// <param name="from">The first version.</param>
/// <param name="to">The newest version.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ApiRequestAttribute(ApiKey key, short from, short to) : Attribute
{
    public ApiKey Key => key;

    public short From => from;

    public short To => to;

    /// <summary>The first version with compact forms and tagged fields (KIP-482); none when unset.</summary>
    public short FlexibleSince { get; init; } = short.MaxValue;

    /// <summary>The newest version may still change and is not advertised.</summary>
    public bool NewestIsUnstable { get; init; }
}

namespace FlyMQ.Protocol.Wire;

/// <summary>
/// Bytes that are not the message they claim to be: the only exception a reader throws. Its text names the field and the reason,
/// and never quotes the bytes.
/// </summary>
public sealed class MalformedMessageException : Exception
{
    public MalformedMessageException(string field, string reason)
        : base($"{field}: {reason}") => Field = field;

    public MalformedMessageException()
        : this("message", "malformed")
    {
    }

    public MalformedMessageException(string message)
        : this("message", message)
    {
    }

    public MalformedMessageException(string message, Exception innerException)
        : base(message, innerException) => Field = "message";

    /// <summary>The field being read, as <c>Struct.Field</c>.</summary>
    public string Field { get; }
}

namespace FlyMQ.Protocol.Messages;

/// <summary>A request says something that the version in which it is to be sent cannot say.</summary>
public sealed class UnsupportedFieldException : InvalidOperationException
{
    public UnsupportedFieldException(string field, short version)
        : base($"{field} is set, and version {version} does not have it")
    {
    }

    public UnsupportedFieldException()
    {
    }

    public UnsupportedFieldException(string message)
        : base(message)
    {
    }

    public UnsupportedFieldException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

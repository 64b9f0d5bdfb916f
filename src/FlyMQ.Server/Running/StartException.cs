namespace FlyMQ.Server.Running;

/// <summary>The broker cannot start for a reason that a person can mend; the message is a sentence that says which.</summary>
public sealed class StartException : Exception
{
    public StartException()
    {
    }

    public StartException(string message)
        : base(message)
    {
    }

    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

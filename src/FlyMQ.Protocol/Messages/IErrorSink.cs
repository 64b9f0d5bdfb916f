namespace FlyMQ.Protocol.Messages;

/// <summary>Is told every error of a response.</summary>
public interface IErrorSink
{
    /// <param name="code">Never <see cref="ErrorCode.None"/>.</param>
    void Add(ErrorCode code);
}

namespace FlyMQ.Protocol.Messages;

/// <summary>A response that can fail as a whole.</summary>
public interface IErrorResponse
{
    ErrorCode ErrorCode { get; set; }
}

using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker.Dispatch;

/// <summary>
/// Answers an API in two stages: what must happen in the connection's order happens before the outer task completes, and then the next request may start;
/// the inner task brings the answer later (null: there is none). One request at a time would mean one batch per flush.
/// </summary>
/// <remarks>The request's bytes are valid until the outer task completes.</remarks>
public interface IPipelinedApiHandler<TRequest, TResponse>
    where TRequest : class, IRequestMessage<TRequest, TResponse>
    where TResponse : class, IResponseMessage<TResponse>
{
    ValueTask<StartedRequest> StartAsync(TRequest request, RequestContext context);
}

/// <summary>A request that has taken its place.</summary>
/// <param name="Answer">Null for no answer.</param>
public readonly record struct StartedRequest(ValueTask<IResponseMessage?> Answer);

/// <summary>The connection has to end, for a reason that its client caused and one log line tells.</summary>
public sealed class CloseConnectionException(string reason) : Exception(reason);

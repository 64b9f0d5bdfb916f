using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker.Dispatch;

/// <summary>
/// Answers one Kafka API. One instance serves all connections, so it keeps no state of a request. Requests of one connection are handled one
/// after the other. It starts on the connection's own thread, which must never be blocked: work on files goes to the thread pool first.
/// </summary>
/// <remarks>
/// Expected failures are error codes in the response. An exception closes the connection with one log line.
/// The request's bytes (<c>records</c> fields) are valid until the returned task completes.
/// </remarks>
public interface IApiHandler<TRequest, TResponse>
    where TRequest : class, IRequestMessage<TRequest, TResponse>
    where TResponse : class, IResponseMessage<TResponse>
{
    ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context);
}

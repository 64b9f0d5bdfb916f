using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Broker.Dispatch;

/// <summary>One API and what answers it.</summary>
internal abstract class ApiRoute(ApiDescription api, TimeProvider time)
{
    public ApiDescription Api => api;

    public ApiMetrics Metrics { get; } = new(api);

    /// <summary>Decodes the body and starts the handler.</summary>
    /// <exception cref="MalformedMessageException">At once: the bytes are not this request.</exception>
    public abstract ValueTask<StartedRequest> StartAsync(ref WireReader reader, RequestContext context);

    protected TRequest Decode<TRequest, TResponse>(ref WireReader reader, RequestContext context)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        var request = Frame.ReadRequestBody<TRequest, TResponse>(ref reader, context.Version);
        context.Times.DecodedAt = time.GetTimestamp();
        return request;
    }
}

/// <summary>Whose requests are handled one after the other.</summary>
internal sealed class SerialRoute<TRequest, TResponse>(IApiHandler<TRequest, TResponse> handler, TimeProvider time) : ApiRoute(TRequest.Api, time)
    where TRequest : class, IRequestMessage<TRequest, TResponse>
    where TResponse : class, IResponseMessage<TResponse>
{
    public override ValueTask<StartedRequest> StartAsync(ref WireReader reader, RequestContext context)
    {
        var request = Decode<TRequest, TResponse>(ref reader, context);
        ValueTask<TResponse> handled;
        try
        {
            handled = handler.HandleAsync(request, context);
        }
        catch (Exception e)
        {
            // Through the task, so that the failure is reported with the API's name.
            return ValueTask.FromException<StartedRequest>(e);
        }

        return handled.IsCompletedSuccessfully ? ValueTask.FromResult(Answered(handled.Result)) : AwaitAsync(handled);
    }

    private static async ValueTask<StartedRequest> AwaitAsync(ValueTask<TResponse> handled) => Answered(await handled.ConfigureAwait(false));

    private static StartedRequest Answered(TResponse response) => new(ValueTask.FromResult<IResponseMessage?>(response));
}

/// <summary>Whose requests overlap.</summary>
internal sealed class PipelinedRoute<TRequest, TResponse>(IPipelinedApiHandler<TRequest, TResponse> handler, TimeProvider time) : ApiRoute(TRequest.Api, time)
    where TRequest : class, IRequestMessage<TRequest, TResponse>
    where TResponse : class, IResponseMessage<TResponse>
{
    public override ValueTask<StartedRequest> StartAsync(ref WireReader reader, RequestContext context)
        => handler.StartAsync(Decode<TRequest, TResponse>(ref reader, context), context);
}

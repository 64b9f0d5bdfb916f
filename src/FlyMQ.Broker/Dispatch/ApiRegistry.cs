using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker.Dispatch;

/// <summary>Every API that has a handler; what ApiVersions advertises is what is here. Filled at composition, then only read.</summary>
internal sealed class ApiRegistry(TimeProvider time)
{
    private readonly SortedDictionary<ApiKey, ApiRoute> _routes = [];

    public IEnumerable<ApiDescription> Advertised => _routes.Values.Select(r => r.Api);

    /// <summary>What is counted, by API.</summary>
    public IEnumerable<ApiMetrics> Metrics => _routes.Values.Select(r => r.Metrics);

    public ApiRegistry Add<TRequest, TResponse>(IApiHandler<TRequest, TResponse> handler)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        _routes.Add(TRequest.Api.Key, new SerialRoute<TRequest, TResponse>(handler, time));
        return this;
    }

    public ApiRegistry Add<TRequest, TResponse>(IPipelinedApiHandler<TRequest, TResponse> handler)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        _routes.Add(TRequest.Api.Key, new PipelinedRoute<TRequest, TResponse>(handler, time));
        return this;
    }

    public ApiRoute? Find(ApiKey key) => _routes.GetValueOrDefault(key);
}

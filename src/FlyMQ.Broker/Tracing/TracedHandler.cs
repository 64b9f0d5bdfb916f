using System.Diagnostics;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker.Tracing;

/// <summary>
/// Puts a <c>flymq.request</c> around a handler that writes metadata, so that what is appended to the metadata log lies in the request that wanted it. By the rate.
/// </summary>
internal sealed class TracedHandler<TRequest, TResponse>(IApiHandler<TRequest, TResponse> handler, RequestTracing tracing) : IApiHandler<TRequest, TResponse>
    where TRequest : class, IRequestMessage<TRequest, TResponse>
    where TResponse : class, IResponseMessage<TResponse>
{
    // Itself and the append to the metadata log.
    private const int Spans = 2;

    public ValueTask<TResponse> HandleAsync(TRequest request, RequestContext context) =>
        tracing.Wants(Spans) ? TraceAsync(request, context) : handler.HandleAsync(request, context);

    private async ValueTask<TResponse> TraceAsync(TRequest request, RequestContext context)
    {
        // Current until the handler is done, and in nobody else's context: it is set in this method's own.
        var span = BrokerSpans.Source.StartActivity(
            BrokerSpans.Request, ActivityKind.Server, default(ActivityContext), startTime: new SpanClock(tracing.Time).At(context.Times.ArrivedAt));
        if (span is not null)
        {
            span.SetTag(BrokerSpans.Api, TRequest.Api.Name);
            context.Trace = new MetadataTrace(context, span);
        }

        return await handler.HandleAsync(request, context).ConfigureAwait(false);
    }
}

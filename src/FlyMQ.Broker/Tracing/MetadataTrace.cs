using System.Diagnostics;
using RequestContext = FlyMQ.Broker.Dispatch.RequestContext;

namespace FlyMQ.Broker.Tracing;

/// <summary>A request that writes metadata. Its span alone is begun before the answer, so that what is appended to the metadata log finds it.</summary>
internal sealed class MetadataTrace(RequestContext request, Activity span) : RequestTrace
{
    public override ActivityContext Write(in SpanClock clock)
    {
        span.SetError(request.FirstError);
        span.SetEndTime(clock.Now.UtcDateTime);
        span.Stop();
        return span.Context;
    }
}

using System.Diagnostics;
using FlyMQ.Protocol;
using FlyMQ.Storage;
using RequestContext = FlyMQ.Broker.Dispatch.RequestContext;

namespace FlyMQ.Broker.Tracing;

/// <summary>An offset commit: <c>flymq.commit</c>, from its arrival until the offsets are on disk and it is answered. One of a single partition says which, and the offset.</summary>
internal sealed class CommitTrace(RequestTracing tracing, RequestContext request, string groupId) : RequestTrace
{
    private (string Topic, int Partition, long Offset)? _only;
    private ErrorCode _error;

    public void Committed(string topic, int partition, long offset) => _only = (topic, partition, offset);

    /// <summary>The first one counts.</summary>
    public void Failed(ErrorCode error) => _error = _error == ErrorCode.None ? error : _error;

    public override ActivityContext Write(in SpanClock clock)
    {
        if (!tracing.Budget.TryTake(1))
        {
            return default;
        }

        using var span = BrokerSpans.Source.StartActivity(BrokerSpans.Commit, ActivityKind.Server, default(ActivityContext), startTime: clock.At(request.Times.ArrivedAt));
        if (span is null)
        {
            return default;
        }

        span.SetTag(SpanAttributes.GroupId, groupId);
        span.SetError(_error);
        if (_only is var (topic, partition, offset))
        {
            span.SetPlace(topic, partition, offset);
        }

        if (tracing.Settings.MessagingAttributes)
        {
            span.SetMessaging("commit", "settle", request.ClientId, _error);
            span.SetTag("messaging.consumer.group.name", groupId);
            if (_only is var (name, index, committed))
            {
                span.SetMessagingPlace(name, index, committed, records: -1);
            }
        }

        span.SetEndTime(clock.Now.UtcDateTime);
        return span.Context;
    }
}

using System.Diagnostics;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Storage;
using RequestContext = FlyMQ.Broker.Dispatch.RequestContext;

namespace FlyMQ.Broker.Tracing;

/// <summary>One batch of a produce: <c>flymq.produce</c>, and in it <c>flymq.storage.append</c> from when it is handed to the log until it is as safe as its acks ask for.</summary>
internal sealed class ProduceTrace(RequestTracing tracing, RequestContext request, ActivityContext parent, List<ActivityLink>? links, long bytes, int records) : RequestTrace
{
    private string _topic = "";
    private int _partition;
    private long _offset = -1;
    private bool _appended;
    private long _appendBegan;
    private long _appendEnded;

    public ErrorCode Error { private get; set; }

    /// <summary>As the client names it, which is all that is known of a partition that is not there.</summary>
    public void At(string? topic, int partition) => (_topic, _partition) = (topic ?? "", partition);

    public void Appending(Partition partition)
    {
        _topic = partition.Topic;
        _appended = true;
        _appendBegan = tracing.Time.GetTimestamp();
    }

    public void Appended(in AppendOutcome outcome)
    {
        _appendEnded = tracing.Time.GetTimestamp();
        _offset = outcome.BaseOffset.Value;
    }

    /// <summary>It need not be waited for any longer.</summary>
    public void Waited() => _appendEnded = tracing.Time.GetTimestamp();

    public override ActivityContext Write(in SpanClock clock)
    {
        using var span = BrokerSpans.Source.StartActivity(BrokerSpans.Produce, ActivityKind.Server, parent, links: links, startTime: clock.At(request.Times.ArrivedAt));
        if (span is null)
        {
            return default;
        }

        span.SetPlace(_topic, _partition, _offset);
        span.SetTag(SpanAttributes.MessageSize, bytes);
        span.SetError(Error);
        if (tracing.Settings.MessagingAttributes)
        {
            span.SetMessaging("produce", "send", request.ClientId, Error);
            span.SetMessagingPlace(_topic, _partition, _offset, records);
        }

        if (_appended)
        {
            StorageSpans.Record(
                StorageSpans.Append, span.Context, clock.At(_appendBegan), clock.At(_appendEnded), _topic, _partition, _offset, (int)bytes,
                Error == ErrorCode.None ? null : Error.KafkaName());
        }

        span.SetEndTime(clock.Now.UtcDateTime);
        return span.Context;
    }
}

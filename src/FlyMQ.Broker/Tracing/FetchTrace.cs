using System.Diagnostics;
using FlyMQ.Protocol;
using FlyMQ.Storage;
using RequestContext = FlyMQ.Broker.Dispatch.RequestContext;

namespace FlyMQ.Broker.Tracing;

/// <summary>
/// A fetch: <c>flymq.fetch</c>, and in it for each partition that brought records <c>flymq.storage.read</c>, in which the batches are found, and
/// <c>flymq.consume</c>, in which they are given out. One that brought neither records nor an error makes no span.
/// </summary>
internal sealed class FetchTrace(RequestTracing tracing, RequestContext request, int partitions) : RequestTrace
{
    // By the partition's place in the fetch: what is read again counts as it was read last.
    private readonly (long Began, long Ended)[] _reads = new (long, long)[partitions];
    private List<Part>? _parts;

    public void Reading(int index) => _reads[index] = (tracing.Time.GetTimestamp(), 0);

    public void Read(int index) => _reads[index].Ended = tracing.Time.GetTimestamp();

    /// <param name="index">The partition's place in the fetch.</param>
    /// <param name="topic">Its name.</param>
    /// <param name="partition">Its number.</param>
    /// <param name="offset">That was asked for.</param>
    /// <param name="bytes">Of the batches.</param>
    /// <param name="records">From the offset on.</param>
    /// <param name="group">Whose fetch it is; null when that is not known.</param>
    public void Delivered(int index, string topic, int partition, long offset, int bytes, int records, string? group) =>
        (_parts ??= []).Add(new Part(index, topic, partition, offset, bytes, records, group, ErrorCode.None));

    public void Failed(int index, string topic, int partition, long offset, ErrorCode error) =>
        (_parts ??= []).Add(new Part(index, topic, partition, offset, 0, 0, null, error));

    public override ActivityContext Write(in SpanClock clock)
    {
        if (_parts is null || !tracing.Budget.TryTake(1 + SpansOf(_parts[0])))
        {
            return default;
        }

        using var span = BrokerSpans.Source.StartActivity(BrokerSpans.Fetch, ActivityKind.Server, default(ActivityContext), startTime: clock.At(request.Times.ArrivedAt));
        if (span is null)
        {
            return default;
        }

        Describe(span, _parts);
        for (var i = 0; i < _parts.Count && (i == 0 || tracing.Budget.TryTake(SpansOf(_parts[i]))); i++)
        {
            Write(_parts[i], span.Context, clock);
        }

        span.SetEndTime(clock.Now.UtcDateTime);
        return span.Context;
    }

    private void Describe(Activity span, List<Part> parts)
    {
        var first = parts[0];
        if (parts.Count == 1)
        {
            span.SetPlace(first.Topic, first.Partition, first.Offset);
        }

        if (first.Group is not null && parts.TrueForAll(p => p.Group == first.Group))
        {
            span.SetTag(SpanAttributes.GroupId, first.Group);
        }

        span.SetTag(SpanAttributes.MessageSize, parts.Sum(p => (long)p.Bytes));
        var error = parts.Find(p => p.Error != ErrorCode.None).Error;
        span.SetError(error);
        if (tracing.Settings.MessagingAttributes)
        {
            span.SetMessaging("fetch", "receive", request.ClientId, error);
        }
    }

    private void Write(in Part part, ActivityContext fetch, in SpanClock clock)
    {
        // A partition that was not found was not read either.
        var (began, ended) = _reads[part.Index];
        if (ended != 0)
        {
            StorageSpans.Record(
                StorageSpans.Read, fetch, clock.At(began), clock.At(ended), part.Topic, part.Partition, part.Offset, part.Bytes,
                part.Error == ErrorCode.None ? null : part.Error.KafkaName());
        }

        if (part.Bytes == 0)
        {
            return;
        }

        using var span = BrokerSpans.Source.StartActivity(BrokerSpans.Consume, ActivityKind.Internal, fetch, startTime: clock.At(ended));
        if (span is null)
        {
            return;
        }

        span.SetPlace(part.Topic, part.Partition, part.Offset);
        span.SetTag(SpanAttributes.MessageSize, part.Bytes);
        if (part.Group is not null)
        {
            span.SetTag(SpanAttributes.GroupId, part.Group);
        }

        if (tracing.Settings.MessagingAttributes)
        {
            span.SetMessaging("consume", "receive", request.ClientId, ErrorCode.None);
            span.SetMessagingPlace(part.Topic, part.Partition, part.Offset, part.Records);
            span.SetTag("messaging.consumer.group.name", part.Group);
        }

        span.SetEndTime(clock.Now.UtcDateTime);
    }

    private static int SpansOf(in Part part) => part.Bytes > 0 ? 2 : 1;

    private readonly record struct Part(int Index, string Topic, int Partition, long Offset, int Bytes, int Records, string? Group, ErrorCode Error);
}

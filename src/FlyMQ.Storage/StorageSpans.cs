using System.Diagnostics;

namespace FlyMQ.Storage;

/// <summary>
/// The spans of storage. Only requests that are traced have them, so the caller says of which one it is, and when it began and ended: what it measures costs
/// nothing while it is not.
/// </summary>
public static class StorageSpans
{
    public const string Append = "flymq.storage.append";

    public const string Read = "flymq.storage.read";

    public const string SourceName = "FlyMQ.Storage";

    public static readonly ActivitySource Source = new(SourceName);

    /// <param name="name"><see cref="Append"/> or <see cref="Read"/>.</param>
    /// <param name="request">The span it lies in.</param>
    /// <param name="error">Kafka's name of what went wrong; null for nothing.</param>
    /// <param name="offset">Below zero when there is none.</param>
    /// <param name="bytes">Below zero when nothing was stored or found.</param>
    public static void Record(
        string name, ActivityContext request, DateTimeOffset began, DateTimeOffset ended, string topic, int partition, long offset, int bytes, string? error)
    {
        using var span = Source.StartActivity(name, ActivityKind.Internal, request, startTime: began);
        if (span is null)
        {
            return;
        }

        span.SetTag(SpanAttributes.Topic, topic);
        span.SetTag(SpanAttributes.Partition, partition);
        if (offset >= 0)
        {
            span.SetTag(SpanAttributes.Offset, offset);
        }

        if (bytes >= 0)
        {
            span.SetTag(SpanAttributes.MessageSize, bytes);
        }

        if (error is not null)
        {
            span.SetStatus(ActivityStatusCode.Error, error);
        }

        span.SetEndTime(ended.UtcDateTime);
    }
}

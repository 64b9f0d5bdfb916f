using System.Diagnostics;
using System.Globalization;
using FlyMQ.Protocol;
using FlyMQ.Storage;

namespace FlyMQ.Broker.Tracing;

/// <summary>The spans of requests, in the words of the observability guide; <see cref="Request"/> is our own.</summary>
internal static class BrokerSpans
{
    public const string Produce = "flymq.produce";
    public const string Fetch = "flymq.fetch";
    public const string Consume = "flymq.consume";
    public const string Commit = "flymq.commit";

    /// <summary>A request that changes the cluster's metadata, around its <c>flymq.raft.append_entries</c>.</summary>
    public const string Request = "flymq.request";

    /// <summary>Which API such a request calls, a string: <c>CreateTopics</c>.</summary>
    public const string Api = "flymq.api";

    public static readonly ActivitySource Source = new(RequestTracing.SourceName);

    extension(Activity span)
    {
        public void SetError(ErrorCode error)
        {
            if (error != ErrorCode.None)
            {
                span.SetStatus(ActivityStatusCode.Error, error.KafkaName());
            }
        }

        /// <param name="topic">Empty for one that is known by an id only, because it is not there.</param>
        /// <param name="partition">Its number.</param>
        /// <param name="offset">Below zero when there is none.</param>
        public void SetPlace(string topic, int partition, long offset)
        {
            if (topic.Length > 0)
            {
                span.SetTag(SpanAttributes.Topic, topic);
            }

            span.SetTag(SpanAttributes.Partition, partition);
            if (offset >= 0)
            {
                span.SetTag(SpanAttributes.Offset, offset);
            }
        }

        /// <summary>OpenTelemetry's conventions for messaging systems, in their names and types: a partition is a string there.</summary>
        public void SetMessaging(string operation, string operationType, string? clientId, ErrorCode error)
        {
            span.SetTag("messaging.system", "kafka");
            span.SetTag("messaging.operation.name", operation);
            span.SetTag("messaging.operation.type", operationType);
            span.SetTag("messaging.client.id", clientId);
            if (error != ErrorCode.None)
            {
                span.SetTag("error.type", error.KafkaName());
            }
        }

        public void SetMessagingPlace(string topic, int partition, long offset, int records)
        {
            if (topic.Length > 0)
            {
                span.SetTag("messaging.destination.name", topic);
            }

            span.SetTag("messaging.destination.partition.id", partition.ToString(CultureInfo.InvariantCulture));
            if (offset >= 0)
            {
                span.SetTag("messaging.kafka.offset", offset);
            }

            if (records >= 0)
            {
                span.SetTag("messaging.batch.message_count", records);
            }
        }
    }
}

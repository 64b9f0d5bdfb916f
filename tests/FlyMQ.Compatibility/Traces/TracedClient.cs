using System.Text;
using Confluent.Kafka;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Traces;

/// <summary>A librdkafka producer whose records carry what OpenTelemetry's instrumentation of it would write.</summary>
internal sealed class TracedClient(BrokerProcess broker, CompressionType compression = CompressionType.None, double lingerMs = 0) : IDisposable
{
    private readonly IProducer<Null, byte[]> _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
    {
        BootstrapServers = broker.Address, ClientId = "traced", Acks = Acks.All, LingerMs = lingerMs, CompressionType = compression, MessageMaxBytes = 2_000_000,
    }).SetLogHandler((_, _) => { }).Build();

    public static string Parent(string traceId, string spanId, bool sampled = true) => $"00-{traceId}-{spanId}-{(sampled ? "01" : "00")}";

    public Task<DeliveryResult<Null, byte[]>> SendAsync(string topic, int partition, string? traceParent, int bytes = 100, string? traceState = null)
    {
        var headers = new Headers { { "other", [1, 2, 3] } };
        if (traceParent is not null)
        {
            headers.Add("traceparent", Encoding.ASCII.GetBytes(traceParent));
        }

        if (traceState is not null)
        {
            headers.Add("tracestate", Encoding.ASCII.GetBytes(traceState));
        }

        return _producer.ProduceAsync(new TopicPartition(topic, partition), new Message<Null, byte[]> { Value = new byte[bytes], Headers = headers });
    }

    public void Dispose() => _producer.Dispose();
}

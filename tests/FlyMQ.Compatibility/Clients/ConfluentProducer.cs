using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace FlyMQ.Compatibility.Clients;

internal sealed class ConfluentProducer : IProducer
{
    private readonly IProducer<byte[]?, byte[]?> _producer;

    public ConfluentProducer(string bootstrap, ProducerSettings settings)
    {
        ProducerConfig config = new()
        {
            BootstrapServers = bootstrap,
            Acks = (Acks)settings.Acks,
            CompressionType = Enum.Parse<CompressionType>(settings.Codec.ToString()),
            EnableIdempotence = settings.Idempotent,
            MessageMaxBytes = settings.MaxRequestBytes,
            LingerMs = 5,
            QueueBufferingMaxMessages = 200_000,
        };
        _producer = new ProducerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).Build();
    }

    public async Task SendAsync(string topic, IReadOnlyList<TestRecord> records)
    {
        try
        {
            await Task.WhenAll(records.Select(record => _producer.ProduceAsync(To(topic, record), MessageOf(record))));
        }
        catch (ProduceException<byte[]?, byte[]?> refused)
        {
            throw ConfluentClient.Refused(refused.Error);
        }
    }

    public async Task SendManyAsync(string topic, int count, int keys)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = count;
        for (var n = 0; n < count; n++)
        {
            Message<byte[]?, byte[]?> message = new()
            {
                Key = Encoding.UTF8.GetBytes($"k{n % keys}"),
                Value = Encoding.UTF8.GetBytes(n.ToString(CultureInfo.InvariantCulture)),
            };
            _producer.Produce(topic, message, report =>
            {
                if (report.Error.IsError)
                {
                    done.TrySetException(ConfluentClient.Refused(report.Error));
                }
                else if (Interlocked.Decrement(ref left) == 0)
                {
                    done.TrySetResult();
                }
            });
        }

        await done.Task;
    }

    public ValueTask DisposeAsync()
    {
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    private static TopicPartition To(string topic, TestRecord record) => new(topic, record.Partition ?? Partition.Any);

    private static Message<byte[]?, byte[]?> MessageOf(TestRecord record)
    {
        var headers = new Headers();
        foreach (var (name, value) in record.Headers)
        {
            headers.Add(name, value);
        }

        return new Message<byte[]?, byte[]?>
        {
            Key = record.Key,
            Value = record.Value,
            Headers = headers,
            Timestamp = record.Timestamp is { } at ? new Timestamp(at, TimestampType.CreateTime) : Timestamp.Default,
        };
    }
}

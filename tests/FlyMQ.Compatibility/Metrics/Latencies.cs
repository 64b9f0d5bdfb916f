using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>A consumer that waits for records makes no latency: what is told is how long the broker took once there was something.</summary>
public sealed class Latencies
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task The_wait_for_records_is_not_part_of_a_consumes_latency()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = "late", NumPartitions = 1, ReplicationFactor = 1 }]);
        }

        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = "waiting", FetchWaitMaxMs = 60_000, SocketTimeoutMs = 90_000,
        }).Build();
        consumer.Assign(new TopicPartitionOffset("late", 0, Offset.Beginning));
        var consuming = Task.Run(() => consumer.Consume(TimeSpan.FromSeconds(60)));
        await Task.Delay(Wait);
        Assert.False(consuming.IsCompleted);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address }).Build();
        await producer.ProduceAsync("late", new Message<Null, string> { Value = "at last" });
        Assert.Equal("at last", (await consuming).Message.Value);

        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        (string, string)[] labels = [("topic", "late"), ("group", "<unattributed>")];
        Assert.Equal(1, scrape["flymq_consume_latency_seconds_count", labels]);
        Assert.InRange(scrape["flymq_consume_latency_seconds_sum", labels], 0, Wait.TotalSeconds / 2);
    }
}

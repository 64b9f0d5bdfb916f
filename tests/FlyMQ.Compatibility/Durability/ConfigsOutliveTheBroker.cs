using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Durability;

/// <summary>A broker's configuration is changed while it runs, works at once, and is still there and still works when the broker was killed.</summary>
public sealed class ConfigsOutliveTheBroker
{
    private const string Key = "message.max.bytes", Value = "2000000";

    private static readonly ConfigResource Broker = new() { Type = ResourceType.Broker, Name = "1" };

    [Fact]
    public async Task What_was_altered_at_run_time_is_there_after_a_kill()
    {
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = "large", NumPartitions = 1, ReplicationFactor = 1 }]);
            Assert.Equal(ErrorCode.MsgSizeTooLarge, await SendAsync(broker));
            var altered = new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [Broker] = [new ConfigEntry { Name = Key, Value = Value, IncrementalOperation = AlterConfigOpType.Set }],
            };
            await admin.IncrementalAlterConfigsAsync(altered);
            Assert.Equal(ErrorCode.NoError, await SendAsync(broker));
        }

        await broker.KillAsync();
        await broker.StartAgainAsync();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            var entry = (await admin.DescribeConfigsAsync([Broker]))[0].Entries[Key];
            Assert.Equal((Value, ConfigSource.DynamicBrokerConfig), (entry.Value, entry.Source));
        }

        Assert.Equal(ErrorCode.NoError, await SendAsync(broker));
    }

    private static async Task<ErrorCode> SendAsync(BrokerProcess broker)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.Address, MessageMaxBytes = 4_000_000, MessageTimeoutMs = 20_000 }).Build();
        try
        {
            await producer.ProduceAsync("large", new Message<Null, byte[]> { Value = new byte[1_500_000] });
            return ErrorCode.NoError;
        }
        catch (ProduceException<Null, byte[]> e)
        {
            return e.Error.Code;
        }
    }
}

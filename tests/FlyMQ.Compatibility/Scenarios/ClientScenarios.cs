using System.Reflection;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Scenarios that any client library runs; a concrete class says which client.</summary>
public abstract class ClientScenarios : ClientTest
{
    internal static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(60);

    internal BrokerProcess Broker { get; private set; } = null!;

    internal IKafkaClient Client { get; private set; } = null!;

    internal string Name => GetType().GetCustomAttribute<ClientAttribute>()!.Name;

    public override async ValueTask InitializeAsync()
    {
        ClientFactory.Require(Name);
        Broker = await OpenBrokerAsync();
        Observed = Broker;
        Client = ClientFactory.Open(Name, Broker);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Client is not null)
        {
            await Client.DisposeAsync();
        }
    }

    internal virtual Task<BrokerProcess> OpenBrokerAsync() => BrokerPool.GetAsync(Name);

    internal async Task<string> NewTopicAsync(int partitions = 1, IReadOnlyDictionary<string, string>? configs = null)
    {
        var topic = Unique("topic");
        await Client.CreateTopicAsync(topic, partitions, configs);
        if (SuiteEnvironment.IsKafka)
        {
            // Apache Kafka answers before its broker has heard of the topic from its controller; FlyMQ's answer means that it serves.
            await Until.TrueAsync("the topic is listed", async () => (await Client.ListTopicsAsync()).Contains(topic));
        }

        return topic;
    }

    internal async Task ProduceAsync(string topic, IReadOnlyList<TestRecord> records, ProducerSettings? settings = null)
    {
        await using var producer = await Client.OpenProducerAsync(settings ?? new ProducerSettings());
        await producer.SendAsync(topic, records);
    }
}

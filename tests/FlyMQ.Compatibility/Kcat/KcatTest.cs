using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Kcat;

/// <summary>Base of the tests with kcat. It has no admin commands: topics of more than one partition are made by Confluent.Kafka.</summary>
[Client(ClientColumns.Kcat)]
public abstract class KcatTest : ClientTest
{
    internal BrokerProcess Broker { get; private set; } = null!;

    internal KcatProgram Kcat { get; private set; } = null!;

    internal ConfluentClient Admin { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        KcatProgram.Require();
        Broker = await OpenBrokerAsync();
        Observed = Broker;
        Kcat = new KcatProgram(Broker);
        Admin = new ConfluentClient(Broker);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Admin is not null)
        {
            await Admin.DisposeAsync();
        }
    }

    internal virtual Task<BrokerProcess> OpenBrokerAsync() => BrokerPool.GetAsync(ClientColumns.Kcat);

    internal async Task<string> NewTopicAsync(int partitions = 1)
    {
        var topic = Unique("kcat");
        await Admin.CreateTopicAsync(topic, partitions);
        await Until.TrueAsync("the topic is listed", async () => (await Admin.ListTopicsAsync()).Contains(topic));
        return topic;
    }
}

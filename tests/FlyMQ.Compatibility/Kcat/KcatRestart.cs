using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Kcat;

/// <summary>Over a broker of its own that is stopped and started again.</summary>
public sealed class KcatRestart : KcatTest
{
    internal override Task<BrokerProcess> OpenBrokerAsync() => BrokerProcess.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Broker is not null)
        {
            await Broker.DisposeAsync();
        }
    }

    [Fact]
    [Covers(Feature.Restart)]
    public async Task A_group_resumes_behind_its_commit_after_a_restart_of_the_broker()
    {
        var topic = await NewTopicAsync(partitions: 3);
        var group = Unique("group");
        await Kcat.ProduceAsync(topic, string.Join('\n', Enumerable.Range(0, 500)));
        Assert.Equal(500, (await Kcat.ReadAsMemberAsync(group, topic)).Count);

        await Broker.StopAsync();
        await Broker.StartAgainAsync();
        await Kcat.ProduceAsync(topic, "501\n502");

        Assert.Equal(["501", "502"], (await Kcat.ReadAsMemberAsync(group, topic)).Order(StringComparer.Ordinal));
        Assert.Equal(502, (await Kcat.ReadAsync(topic)).Count);
    }
}

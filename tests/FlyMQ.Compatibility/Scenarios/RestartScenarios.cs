using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Over a broker of their own that is stopped and started again.</summary>
public abstract class RestartScenarios : ClientScenarios
{
    private const int Keys = 10;

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
        var topic = await NewTopicAsync(partitions: 3, new Dictionary<string, string> { ["retention.ms"] = "86400000" });
        MemberSettings settings = new(Unique("group"), topic);
        await SendManyAsync(topic, 500);
        await using (var member = await Client.JoinAsync(settings))
        {
            await Members.ReadAsync(500, member);
            await member.CommitAsync();
        }

        await Broker.StopAsync();
        await Broker.StartAgainAsync();

        // A broker that has just come back may not have found its groups yet.
        await Until.SucceedsAsync(
            "the group is found",
            [ClientError.NotCoordinator, ClientError.CoordinatorLoading],
            async () => Assert.Equal(500, (await Client.CommittedAsync(settings.Group, topic)).Values.Sum()));
        Assert.Equal("86400000", (await Client.DescribeTopicConfigsAsync(topic))["retention.ms"]);
        await SendManyAsync(topic, 700);
        await using var again = await Client.JoinAsync(settings);
        await Members.ReadAsync(700, again);
        RecordAudit.AssertExactlyOnceInOrder(again.Records, 700, Keys);
        Assert.Equal(1_200, (await Client.ReadAsync(topic, 1_200, ReadLimit)).Count);
    }

    private async Task SendManyAsync(string topic, int count)
    {
        await using var producer = await Client.OpenProducerAsync(new ProducerSettings());
        await producer.SendManyAsync(topic, count, Keys);
    }
}

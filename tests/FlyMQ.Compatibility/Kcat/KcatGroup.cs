using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Kcat;

public sealed class KcatGroup : KcatTest
{
    private const int Partitions = 6;

    [Fact]
    [Covers(Feature.GroupSharing, Feature.MemberDies)]
    public async Task Three_members_share_a_topic_until_one_dies()
    {
        var topic = await NewTopicAsync(Partitions);
        MemberSettings settings = new(Unique("group"), topic);
        await using KcatMember first = new(Broker.Address, settings);
        await using KcatMember second = new(Broker.Address, settings);
        await Members.ShareAsync(Partitions, first, second);
        await using KcatMember mortal = new(Broker.Address, settings);
        await Members.ShareAsync(Partitions, first, second, mortal);

        await ProduceManyAsync(topic, 0, 3_000);
        await Members.ReadAsync(3_000, first, second, mortal);
        RecordAudit.AssertExactlyOnceInOrder([.. first.Records, .. second.Records, .. mortal.Records], 3_000, keys: 50);

        await mortal.KillAsync();
        await Members.ShareAsync(Partitions, first, second);
        Assert.All([first, second], member => Assert.Equal(3, member.Assignment.Count));
    }

    [Fact]
    [Covers(Feature.CooperativeGroups)]
    public async Task Members_with_the_cooperative_assignor_share_a_topic()
    {
        var topic = await NewTopicAsync(Partitions);
        MemberSettings settings = new(Unique("group"), topic) { Assignor = "cooperative-sticky" };
        var run = (await Kcat.RunAsync(
            ["-G", settings.Group, "-e", "-X", "partition.assignment.strategy=cooperative-sticky", "-X", "auto.offset.reset=earliest", topic])).Succeeded();
        Assert.Empty(run.Lines);

        await ProduceManyAsync(topic, 0, 100);
        Assert.Equal(100, (await Kcat.ReadAsMemberAsync(settings.Group, topic)).Count);
    }

    [Fact]
    [Covers(Feature.GroupSharing)]
    public async Task A_member_that_comes_back_goes_on_where_it_left()
    {
        var topic = await NewTopicAsync(partitions: 3);
        var group = Unique("group");
        await ProduceManyAsync(topic, 0, 500);
        Assert.Equal(500, (await Kcat.ReadAsMemberAsync(group, topic)).Count);

        await ProduceManyAsync(topic, 500, 200);

        var read = await Kcat.ReadAsMemberAsync(group, topic);
        Assert.Equal(Enumerable.Range(500, 200).Select(n => $"{n}").Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    private Task ProduceManyAsync(string topic, int first, int count) =>
        Kcat.ProduceAsync(topic, string.Join('\n', Enumerable.Range(first, count).Select(n => $"k{n % 50}|{n}")), "-K", "|");
}

using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>For clients that rebalance cooperatively and know static members.</summary>
public abstract class AdvancedGroupScenarios : ClientScenarios
{
    private const int Partitions = 4;

    [Fact]
    [Covers(Feature.CooperativeGroups)]
    public async Task Cooperative_members_keep_what_they_own_while_others_come()
    {
        var topic = await NewTopicAsync(Partitions);
        MemberSettings settings = new(Unique("group"), topic) { Assignor = "cooperative-sticky" };
        await using var first = await Client.JoinAsync(settings);
        await Members.ShareAsync(Partitions, first);
        await SendManyAsync(topic, 1_000);
        await Members.ReadAsync(1_000, first);

        await using var second = await Client.JoinAsync(settings);
        await Members.ShareAsync(Partitions, first, second);
        await SendManyAsync(topic, 1_000);

        // Nothing was committed: what moved is read again from the start, what stayed is not.
        var moved = (await Client.ReadAsync(topic, 2_000, ReadLimit)).Count(record => second.Assignment.Contains(record.Partition!.Value));
        await Until.TrueAsync("the second has read its partitions", () => second.Records.Count == moved);
        await Until.TrueAsync(
            "the first has read the rest, once",
            () => first.Records.Select(record => (record.Partition, record.Offset)).Distinct().Count() == first.Records.Count
                && first.Records.Count(record => first.Assignment.Contains(record.Partition!.Value)) == 2_000 - moved);
    }

    [Fact]
    [Covers(Feature.StaticMembers)]
    public async Task A_static_member_that_comes_back_in_time_disturbs_nobody()
    {
        var topic = await NewTopicAsync(Partitions);
        MemberSettings settings = new(Unique("group"), topic) { SessionTimeoutMs = 30_000 };
        await using var other = await Client.JoinAsync(settings with { InstanceId = "other" });
        var member = await Client.JoinAsync(settings with { InstanceId = "returning" });
        await Members.ShareAsync(Partitions, other, member);
        var owned = member.Assignment;
        var disturbed = other.Assignments;

        await member.DisposeAsync();
        await using var returned = await Client.JoinAsync(settings with { InstanceId = "returning" });
        await Members.ShareAsync(Partitions, other, returned);

        Assert.Equal(owned, returned.Assignment);
        Assert.Equal(disturbed, other.Assignments);
        await SendManyAsync(topic, 400);
        await Members.ReadAsync(400, other, returned);
    }

    private async Task SendManyAsync(string topic, int count)
    {
        await using var producer = await Client.OpenProducerAsync(new ProducerSettings());
        await producer.SendManyAsync(topic, count, 40);
    }
}

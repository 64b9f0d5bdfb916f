using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Members that share a topic.</summary>
public abstract class GroupScenarios : ClientScenarios
{
    private const int Partitions = 6;
    private const int Keys = 50;

    [Fact]
    [Covers(Feature.GroupSharing, Feature.MemberDies)]
    public async Task Two_members_share_a_topic_until_one_dies()
    {
        var topic = await NewTopicAsync(Partitions);
        MemberSettings settings = new(Unique("group"), topic);
        await using var survivor = await Client.JoinAsync(settings);
        await Members.ShareAsync(Partitions, survivor);
        await using var mortal = await Client.JoinMortalAsync(settings);
        await Members.ShareAsync(Partitions, survivor, mortal);

        await SendManyAsync(topic, 2_000);
        await Members.ReadAsync(2_000, survivor, mortal);
        RecordAudit.AssertExactlyOnceInOrder([.. survivor.Records, .. mortal.Records], 2_000, Keys);
        Assert.NotEmpty(mortal.Records);

        await survivor.CommitAsync();
        var orphaned = mortal.Records.Select(record => (record.Partition, record.Offset)).ToHashSet();
        await mortal.KillAsync();
        await Members.ShareAsync(Partitions, survivor);

        // The dead member had committed nothing: what it had read is read again, and nothing else.
        await Members.ReadAsync(2_000, survivor);
        Assert.Equal(2_000, survivor.Records.Select(record => (record.Partition, record.Offset)).Distinct().Count());
        Assert.Equal(2_000, survivor.Records.Count);
        Assert.Subset(survivor.Records.Select(record => (record.Partition, record.Offset)).ToHashSet(), orphaned);
    }

    [Fact]
    [Covers(Feature.GroupSharing)]
    public async Task Three_members_share_a_topic_and_one_leaves()
    {
        var topic = await NewTopicAsync(Partitions);
        MemberSettings settings = new(Unique("group"), topic) { Assignor = "roundrobin" };
        await using var first = await Client.JoinAsync(settings);
        await using var second = await Client.JoinAsync(settings);
        var third = await Client.JoinAsync(settings);
        await Members.ShareAsync(Partitions, first, second, third);
        Assert.All([first, second, third], member => Assert.Equal(2, member.Assignment.Count));

        await SendManyAsync(topic, 3_000);
        await Members.ReadAsync(3_000, first, second, third);
        RecordAudit.AssertExactlyOnceInOrder([.. first.Records, .. second.Records, .. third.Records], 3_000, Keys);

        await first.CommitAsync();
        await second.CommitAsync();
        await third.CommitAsync();
        await third.DisposeAsync();
        await Members.ShareAsync(Partitions, first, second);
        Assert.Equal(3_000, (await Client.CommittedAsync(settings.Group, topic)).Values.Sum());
    }

    private async Task SendManyAsync(string topic, int count)
    {
        await using var producer = await Client.OpenProducerAsync(new ProducerSettings());
        await producer.SendManyAsync(topic, count, Keys);
    }
}

using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>kafka-consumer-groups and kafka-groups.</summary>
public sealed class ToolsGroups(ToolProcess tools) : ToolTest(tools)
{
    [Fact]
    [Covers(Feature.GroupAdmin)]
    public async Task A_group_is_listed_described_and_deleted()
    {
        var (topic, group) = await NewGroupAsync(read: 3);

        Assert.Contains(group, (await RunAsync(Tool.ConsumerGroups, "--list")).Succeeded().Lines);
        // CURRENT-OFFSET, LOG-END-OFFSET, LAG
        Assert.Equal(["3", "5", "2"], (await DescribeGroupAsync(group, "--offsets")).Succeeded().Row(group, topic, "0").Skip(3).Take(3));
        Assert.Contains("Empty", (await DescribeGroupAsync(group, "--state")).Succeeded().Row(group));
        Assert.Equal([group, "Classic", "consumer"], (await RunAsync(Tool.Groups, "--list")).Succeeded().Row(group));

        (await RunAsync(Tool.ConsumerGroups, "--delete", "--group", group)).Succeeded();
        await Until.TrueAsync("the group is gone", async () => !(await RunAsync(Tool.ConsumerGroups, "--list")).Lines.Contains(group));
    }

    [Fact]
    [Covers(Feature.GroupAdmin, Feature.GroupSharing)]
    public async Task A_living_group_shows_its_members_and_cannot_be_deleted()
    {
        KcatProgram.Require();
        var topic = await NewTopicAsync(2);
        var group = Unique("living");
        await using Clients.KcatMember member = new(Broker.Address, new Clients.MemberSettings(group, topic));
        await Members.ShareAsync(2, member);

        var members = (await DescribeGroupAsync(group, "--members")).Succeeded();
        Assert.Equal("2", members.Row(group)[^1]);
        Assert.Contains("Stable", (await DescribeGroupAsync(group, "--state")).Succeeded().Row(group));
        var refused = await RunAsync(Tool.ConsumerGroups, "--delete", "--group", group);
        Assert.Contains("GroupNotEmptyException", refused.Output + refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(Feature.ResetOffsets)]
    public async Task Offsets_are_reset_to_places_times_and_by_shifts()
    {
        var (topic, group) = await NewGroupAsync(read: 5);

        Assert.Equal("0", await ResetAsync(topic, group, "--to-earliest"));
        Assert.Equal("4", await ResetAsync(topic, group, "--to-offset", "4"));
        Assert.Equal("2", await ResetAsync(topic, group, "--shift-by", "-2"));
        Assert.Equal("5", await ResetAsync(topic, group, "--to-latest"));
        Assert.Equal("0", await ResetAsync(topic, group, "--to-datetime", "2020-01-01T00:00:00.000"));
        Assert.Equal("1", await ResetAsync(topic, group, "--to-offset", "1"));
        Assert.Equal(["1", "2", "3", "4"], await ReadAsync(topic, 4, "--group", group));
    }

    [Fact]
    [Covers(Feature.GroupAdmin)]
    public async Task Committed_offsets_are_deleted_for_one_topic()
    {
        var (topic, group) = await NewGroupAsync(read: 2);

        (await RunAsync(Tool.ConsumerGroups, "--delete-offsets", "--group", group, "--topic", topic)).Succeeded();

        await Until.TrueAsync("nothing is committed", async () => !(await DescribeGroupAsync(group, "--offsets")).Output.Contains(topic, StringComparison.Ordinal));
        Assert.Equal(["0", "1"], await ReadAsync(topic, 2, "--group", group));
    }

    /// <summary>A topic of five records "0" to "4" and a group without members that has committed behind the first <paramref name="read"/>.</summary>
    private async Task<(string Topic, string Group)> NewGroupAsync(int read)
    {
        var topic = await NewTopicAsync();
        var group = Unique("group");
        await ProduceAsync(topic, "0\n1\n2\n3\n4");
        Assert.Equal(read, (await ReadAsync(topic, read, "--group", group)).Count);
        return (topic, group);
    }

    private Task<ToolRun> DescribeGroupAsync(string group, string what) => RunAsync(Tool.ConsumerGroups, "--describe", "--group", group, what);

    private async Task<string> ResetAsync(string topic, string group, params string[] to)
    {
        var run = (await RunAsync(Tool.ConsumerGroups, ["--reset-offsets", "--group", group, "--topic", topic, "--execute", .. to])).Succeeded();
        return run.Row(group, topic, "0")[3];
    }
}

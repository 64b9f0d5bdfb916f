using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Topics and their configs through each client's own admin interface.</summary>
public abstract class AdminScenarios : ClientScenarios
{
    [Fact]
    [Covers(Feature.CreateTopics, Feature.DescribeTopics, Feature.DeleteTopics)]
    public async Task Topics_are_created_listed_and_deleted()
    {
        var topic = Unique("admin");
        await Client.CreateTopicAsync(topic, 3, new Dictionary<string, string> { ["retention.ms"] = "3600000" });

        await Until.TrueAsync("the topic is listed", async () => (await Client.ListTopicsAsync()).Contains(topic));
        Assert.Equal(3, await Client.CountPartitionsAsync(topic));
        Assert.Equal("3600000", (await Client.DescribeTopicConfigsAsync(topic))["retention.ms"]);

        await Client.DeleteTopicAsync(topic);
        await Until.TrueAsync("the topic is gone", async () => !(await Client.ListTopicsAsync()).Contains(topic));
        var refused = await Assert.ThrowsAsync<ClientError>(() => Client.DeleteTopicAsync(topic));
        Assert.Equal(ClientError.UnknownTopicOrPartition, refused.Code);
    }

    [Fact]
    [Covers(Feature.CreateTopics)]
    public async Task Partitions_are_added()
    {
        var topic = await NewTopicAsync();

        await Client.CreatePartitionsAsync(topic, 4);

        await Until.TrueAsync("there are four partitions", async () => await Client.CountPartitionsAsync(topic) == 4);
        await ProduceAsync(topic, [TestRecord.Of(null, "in the new one") with { Partition = 3 }]);
        Assert.Equal(3, Assert.Single(await Client.ReadAsync(topic, 1, ReadLimit)).Partition);
    }

    [Fact]
    [Covers(Feature.AlterTopics, Feature.DescribeTopics)]
    public async Task Configs_are_altered_and_described()
    {
        var topic = await NewTopicAsync();
        var before = await Client.DescribeTopicConfigsAsync(topic);
        Assert.Equal("604800000", before["retention.ms"]);
        Assert.Equal("1048588", before["max.message.bytes"]);

        await Client.AlterTopicConfigsAsync(topic, new Dictionary<string, string> { ["retention.ms"] = "7200000", ["max.message.bytes"] = "2000000" });

        await Until.TrueAsync(
            "the new value is shown",
            async () => await Client.DescribeTopicConfigsAsync(topic) is var now && now["retention.ms"] == "7200000" && now["max.message.bytes"] == "2000000");
    }

    [Fact]
    [Covers(Feature.CreateTopics)]
    public async Task What_cannot_be_created_is_refused_with_its_reason()
    {
        var topic = await NewTopicAsync();

        Assert.Equal(ClientError.TopicAlreadyExists, await CodeOfAsync(() => Client.CreateTopicAsync(topic, 1)));
        Assert.Equal(ClientError.InvalidReplicationFactor, await CodeOfAsync(() => Client.CreateTopicAsync(Unique("rf"), 1, replicationFactor: 3)));
        Assert.Equal(
            ClientError.InvalidConfig,
            await CodeOfAsync(() => Client.CreateTopicAsync(Unique("config"), 1, new Dictionary<string, string> { ["retention.ms"] = "soon" })));
    }

    private static async Task<int> CodeOfAsync(Func<Task> action) => (await Assert.ThrowsAsync<ClientError>(action)).Code;
}

using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using MetadataResponseTopic = FlyMQ.Protocol.Messages.Cluster.MetadataResponse.MetadataResponseTopic;

namespace FlyMQ.Broker.Tests.Topics;

public sealed class AutoCreationTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task The_first_question_for_a_topic_creates_it_and_names_its_leader()
    {
        await using var client = await broker.ConnectAsync();
        var topic = await AskAsync(client, "wanted");
        Assert.Equal((ErrorCode.None, "wanted"), (topic.ErrorCode, topic.Name));
        Assert.Equal(TestBroker.NodeId, Assert.Single(topic.Partitions).LeaderId);
        Assert.Equal(0, await client.AppendAsync("wanted", Batches.Of("a")));
    }

    [Fact]
    public async Task Whoever_only_looks_creates_nothing()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(client, "only-looked-at", allow: false)).ErrorCode);
        Assert.Null(broker.Metadata.Image.TopicOrNull("only-looked-at"));
    }

    [Fact]
    public async Task A_client_that_is_too_old_to_say_wants_it()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.None, (await AskAsync(client, "of-old", version: 3)).ErrorCode);
    }

    [Theory]
    [InlineData("not a name")]
    [InlineData("")]
    [InlineData("collides.with")]
    public async Task A_name_that_no_topic_may_have_is_refused(string name)
    {
        await using var client = await broker.ConnectAsync();
        await AskAsync(client, "collides_with");
        var topic = await AskAsync(client, name);
        Assert.Equal((ErrorCode.InvalidTopicException, name), (topic.ErrorCode, topic.Name));
        Assert.Null(broker.Metadata.Image.TopicOrNull(name));
    }

    [Fact]
    public async Task Many_at_once_create_it_once()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => broker.ConnectAsync()));
        var topics = await Task.WhenAll(clients.Select(c => AskAsync(c, "rushed")));
        Assert.All(topics, t => Assert.Equal((ErrorCode.None, topics[0].TopicId), (t.ErrorCode, t.TopicId)));
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_question_by_id_creates_nothing()
    {
        await using var client = await broker.ConnectAsync();
        var id = Guid.NewGuid();
        var topic = Assert.Single((await client.AskAsync(new MetadataRequest { Topics = [new() { TopicId = id }] })).Topics);
        Assert.Equal((ErrorCode.UnknownTopicId, id, null), (topic.ErrorCode, topic.TopicId, topic.Name));
    }

    [Fact]
    public async Task All_topics_are_null_since_version_1_and_none_before()
    {
        await using var client = await broker.ConnectAsync();
        await AskAsync(client, "one-of-all");
        Assert.Contains((await client.AskAsync(new MetadataRequest { Topics = [] }, 0)).Topics, t => t.Name == "one-of-all");
        Assert.Contains((await client.AskAsync(new MetadataRequest { Topics = null }, 1)).Topics, t => t.Name == "one-of-all");
        Assert.Empty((await client.AskAsync(new MetadataRequest { Topics = [] }, 1)).Topics);
        Assert.Contains((await client.AskAsync(new MetadataRequest { Topics = null })).Topics, t => t.Name == "one-of-all");
    }

    internal static async Task<MetadataResponseTopic> AskAsync(Client client, string topic, bool allow = true, short version = 12)
        => Assert.Single((await client.AskAsync(new MetadataRequest { Topics = [new() { Name = topic }], AllowAutoTopicCreation = allow }, version)).Topics);
}

public sealed class AutoCreationDisabledTests(StrictBroker broker) : IClassFixture<StrictBroker>
{
    [Fact]
    public async Task Where_it_is_disabled_no_question_creates_a_topic()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AutoCreationTests.AskAsync(client, "not-made")).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AutoCreationTests.AskAsync(client, "not-made", version: 0)).ErrorCode);
        Assert.Null(broker.Metadata.Image.TopicOrNull("not-made"));
    }
}

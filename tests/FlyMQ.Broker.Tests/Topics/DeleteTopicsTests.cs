using FlyMQ.Broker.Tests.Running;
using FlyMQ.Broker.Topics;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;
using DeleteTopicState = FlyMQ.Protocol.Messages.Topics.DeleteTopicsRequest.DeleteTopicState;

namespace FlyMQ.Broker.Tests.Topics;

public sealed class DeleteTopicsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task A_topic_goes_by_its_name()
    {
        await using var client = await broker.ConnectAsync();
        var id = await client.CreateAsync("by-name");
        await client.AppendAsync("by-name", Batches.Of("a"));
        Assert.Equal([("by-name", id, ErrorCode.None)], await DeleteAsync(client, new DeleteTopicState { Name = "by-name" }));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ProduceAsync("by-name", Batches.Of("b"))).ErrorCode);
        // The name is free, and nothing of the old topic is left.
        Assert.NotEqual(id, await client.CreateAsync("by-name"));
        Assert.Equal(0, await client.AppendAsync("by-name", Batches.Of("c")));
    }

    [Fact]
    public async Task A_topic_goes_by_its_id()
    {
        await using var client = await broker.ConnectAsync();
        var id = await client.CreateAsync("by-id");
        Assert.Equal([("by-id", id, ErrorCode.None)], await DeleteAsync(client, new DeleteTopicState { TopicId = id }));
        Assert.Equal([(null, id, ErrorCode.UnknownTopicId)], await DeleteAsync(client, new DeleteTopicState { TopicId = id }));
    }

    [Fact]
    public async Task What_does_not_exist_is_told_one_by_one()
    {
        await using var client = await broker.ConnectAsync();
        var id = await client.CreateAsync("exists");
        var stranger = Guid.NewGuid();
        Assert.Equal(
            [("never-was", Guid.Empty, ErrorCode.UnknownTopicOrPartition), ("exists", id, ErrorCode.None), (null, stranger, ErrorCode.UnknownTopicId)],
            await DeleteAsync(client, new DeleteTopicState { Name = "never-was" }, new DeleteTopicState { Name = "exists" }, new DeleteTopicState { TopicId = stranger }));
    }

    [Fact]
    public async Task A_topic_named_both_ways_or_not_at_all_is_not_touched()
    {
        await using var client = await broker.ConnectAsync();
        var id = await client.CreateAsync("ambiguous");
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(await DeleteAsync(client, new DeleteTopicState { Name = "ambiguous", TopicId = id })).Error);
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Single(await DeleteAsync(client, new DeleteTopicState())).Error);
        Assert.Equal(0, await client.AppendAsync("ambiguous", Batches.Of("a")));
    }

    [Fact]
    public async Task A_topic_named_twice_is_not_touched()
    {
        await using var client = await broker.ConnectAsync();
        var id = await client.CreateAsync("doubled");
        DeleteTopicState[][] requests =
        [
            [new DeleteTopicState { Name = "doubled" }, new DeleteTopicState { Name = "doubled" }],
            [new DeleteTopicState { TopicId = id }, new DeleteTopicState { TopicId = id }],
            [new DeleteTopicState { Name = "doubled" }, new DeleteTopicState { TopicId = id }],
        ];
        foreach (var request in requests)
        {
            Assert.All(await DeleteAsync(client, request), r => Assert.Equal(ErrorCode.InvalidRequest, r.Error));
            Assert.Equal(id, broker.Metadata.Image.TopicOrNull("doubled")?.Id);
        }
    }

    private static async Task<List<(string? Name, Guid Id, ErrorCode Error)>> DeleteAsync(Client client, params DeleteTopicState[] topics)
    {
        var response = await client.AskAsync(new DeleteTopicsRequest { Topics = [.. topics], TimeoutMs = 10_000 });
        return [.. response.Responses.Select(r => (r.Name, r.TopicId, r.ErrorCode))];
    }
}

/// <summary>Neither deletes topics nor makes them by itself.</summary>
public sealed class StrictBroker : TestBroker
{
    protected override BrokerParts Change(BrokerParts parts) => parts with { Topics = new TopicDefaults { AllowDelete = false, AutoCreate = false } };
}

public sealed class DeletionDisabledTests(StrictBroker broker) : IClassFixture<StrictBroker>
{
    [Theory]
    [InlineData(2, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.TopicDeletionDisabled)]
    [InlineData(6, ErrorCode.TopicDeletionDisabled)]
    public async Task Where_deletion_is_disabled_topics_stay(short version, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"stays-{version}";
        await client.CreateAsync(topic);
        var response = await client.AskAsync(version < 6 ? new DeleteTopicsRequest { TopicNames = [topic] } : new DeleteTopicsRequest { Topics = [new() { Name = topic }] }, version);
        Assert.Equal(expected, Assert.Single(response.Responses).ErrorCode);
        await client.AppendAsync(topic, Batches.Of("a"));
    }
}

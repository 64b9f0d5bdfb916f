using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;
using CreatePartitionsTopic = FlyMQ.Protocol.Messages.Topics.CreatePartitionsRequest.CreatePartitionsTopic;

namespace FlyMQ.Broker.Tests.Topics;

public sealed class CreatePartitionsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task New_partitions_can_be_written_to_as_soon_as_it_is_answered()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("grows");
        await client.AppendAsync("grows", Batches.Of("a"));
        Assert.Equal(ErrorCode.None, await GrowAsync(client, new CreatePartitionsTopic { Name = "grows", Count = 3 }));
        Assert.Equal(0, await client.AppendAsync("grows", Batches.Of("b"), partition: 2));
        Assert.Equal(1, await client.AppendAsync("grows", Batches.Of("c"), partition: 0));
    }

    [Fact]
    public async Task What_is_only_validated_does_not_grow()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("judged");
        Assert.Equal(ErrorCode.None, await GrowAsync(client, new CreatePartitionsTopic { Name = "judged", Count = 3 }, validateOnly: true));
        Assert.Single(broker.Metadata.Image.TopicOrNull("judged")!.Partitions);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_count_that_is_no_increase_is_refused(int count)
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync($"keeps{count}", partitions: 2);
        Assert.Equal(ErrorCode.InvalidPartitions, await GrowAsync(client, new CreatePartitionsTopic { Name = $"keeps{count}", Count = count }));
    }

    [Fact]
    public async Task Replicas_go_where_they_are_told()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("told");
        Task<ErrorCode> ToldAsync(params int[][] brokers) => GrowAsync(
            client, new CreatePartitionsTopic { Name = "told", Count = 3, Assignments = [.. brokers.Select(b => new CreatePartitionsRequest.CreatePartitionsAssignment { BrokerIds = [.. b] })] });

        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await ToldAsync([TestBroker.NodeId]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await ToldAsync([TestBroker.NodeId], [8]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await ToldAsync([TestBroker.NodeId], [-1]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, await ToldAsync([TestBroker.NodeId], []));
        Assert.Single(broker.Metadata.Image.TopicOrNull("told")!.Partitions);
        Assert.Equal(ErrorCode.None, await ToldAsync([TestBroker.NodeId], [TestBroker.NodeId]));
        await client.AppendAsync("told", Batches.Of("a"), partition: 2);
    }

    [Fact]
    public async Task Topics_succeed_and_fail_each_for_itself()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("one");
        await client.CreateAsync("two");
        var response = await client.AskAsync(new CreatePartitionsRequest
        {
            Topics =
            [
                new() { Name = "one", Count = 2 }, new() { Name = "missing", Count = 2 }, new() { Name = "two", Count = 2 }, new() { Name = "two", Count = 3 },
            ],
        });
        Assert.Equal(
            [("missing", ErrorCode.UnknownTopicOrPartition), ("one", ErrorCode.None), ("two", ErrorCode.InvalidRequest)],
            response.Results.Select(r => (r.Name, r.ErrorCode)).OrderBy(r => r.Name));
        Assert.Single(broker.Metadata.Image.TopicOrNull("two")!.Partitions);
    }

    private static async Task<ErrorCode> GrowAsync(Client client, CreatePartitionsTopic topic, bool validateOnly = false)
        => Assert.Single((await client.AskAsync(new CreatePartitionsRequest { Topics = [topic], ValidateOnly = validateOnly, TimeoutMs = 10_000 })).Results).ErrorCode;
}

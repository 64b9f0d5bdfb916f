using System.Buffers;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Messages.Topics;

namespace FlyMQ.Broker.Tests.Dispatch;

/// <summary>Requests that are well formed and make no sense: each is answered, and no handler throws (the broker's end says so).</summary>
public sealed class OddRequestsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData("odd", -1)]
    [InlineData("odd", int.MinValue)]
    [InlineData("odd", int.MaxValue)]
    [InlineData("", 0)]
    [InlineData("not a name", 0)]
    public async Task A_partition_that_cannot_be_is_unknown_to_every_api(string topic, int partition)
    {
        await using var client = await broker.ConnectAsync();
        if (broker.Metadata.Image.TopicOrNull("odd") is null)
        {
            await client.CreateAsync("odd");
            await client.CommitAsync("odd-group", "odd", 1);
        }

        var errors = new Dictionary<string, ErrorCode>
        {
            ["Produce"] = (await client.AskAsync(Words.Produce(topic, Batches.Of("a"), partition), 12)).Responses[0].PartitionResponses[0].ErrorCode,
            ["Fetch"] = (await client.AskAsync(Words.Fetch(topic, 0, partition), 12)).Responses[0].Partitions[0].ErrorCode,
            ["ListOffsets"] = (await client.AskAsync(
                new ListOffsetsRequest { Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Timestamp = 0 }] }] })).Topics[0].Partitions[0].ErrorCode,
            ["DeleteRecords"] = (await client.AskAsync(
                new DeleteRecordsRequest { Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition }] }] })).Topics[0].Partitions[0].ErrorCode,
            ["OffsetForLeaderEpoch"] = (await client.AskAsync(
                new OffsetForLeaderEpochRequest { Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition }] }] })).Topics[0].Partitions[0].ErrorCode,
            ["DescribeProducers"] = (await client.AskAsync(
                new DescribeProducersRequest { Topics = [new() { Name = topic, PartitionIndexes = [partition] }] })).Topics[0].Partitions[0].ErrorCode,
            ["ElectLeaders"] = (await client.AskAsync(
                new ElectLeadersRequest { TopicPartitions = [new() { Topic = topic, Partitions = [partition] }] })).ReplicaElectionResults[0].PartitionResult[0].ErrorCode,
            ["DescribeQuorum"] = (await client.AskAsync(
                new DescribeQuorumRequest { Topics = [new() { TopicName = topic, Partitions = [new() { PartitionIndex = partition }] }] })).Topics[0].Partitions[0].ErrorCode,
            ["OffsetCommit"] = (await client.AskAsync(
                new OffsetCommitRequest { GroupId = "odd-group", Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition }] }] }, 9)).Topics[0].Partitions[0].ErrorCode,
            ["OffsetDelete"] = (await client.AskAsync(
                new OffsetDeleteRequest { GroupId = "odd-group", Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition }] }] })).Topics[0].Partitions[0].ErrorCode,
        };

        Assert.All(errors, e => Assert.True(e.Value == ErrorCode.UnknownTopicOrPartition, $"{e.Key} answered {e.Value.KafkaName()}."));
        Assert.Empty((await client.AskAsync(new DescribeLogDirsRequest { Topics = [new() { Topic = topic, Partitions = [partition] }] })).Results[0].Topics);
    }

    [Fact]
    public async Task A_topic_that_is_asked_for_twice_is_no_reason_to_fail()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("twice", partitions: 2);
        var folders = await client.AskAsync(new DescribeLogDirsRequest { Topics = [new() { Topic = "twice", Partitions = [0] }, new() { Topic = "twice", Partitions = [0, 1] }] });
        Assert.Equal([0, 1], Assert.Single(folders.Results[0].Topics).Partitions.Select(p => p.PartitionIndex));

        Assert.All((await client.AskAsync(new MetadataRequest { Topics = [new() { Name = "twice" }, new() { Name = "twice" }] })).Topics, t => Assert.Equal(ErrorCode.None, t.ErrorCode));
        Assert.All(
            (await client.AskAsync(new ElectLeadersRequest { TopicPartitions = [new() { Topic = "twice", Partitions = [0, 0] }, new() { Topic = "twice", Partitions = [0] }] }))
                .ReplicaElectionResults.SelectMany(t => t.PartitionResult),
            p => Assert.Equal(ErrorCode.ElectionNotNeeded, p.ErrorCode));
        Assert.Equal(ErrorCode.None, (await client.AskAsync(FetchTwice(sessionEpoch: 0), 12)).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.AskAsync(FetchTwice(sessionEpoch: -1), 12)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_request_for_nothing_is_answered_with_nothing()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Empty((await client.AskAsync(new ProduceRequest { Acks = -1 })).Responses);
        Assert.Empty((await client.AskAsync(new FetchRequest { MinBytes = 1, MaxWaitMs = 15_000 })).Responses);
        Assert.Empty((await client.AskAsync(new ListOffsetsRequest())).Topics);
        Assert.Empty((await client.AskAsync(new CreateTopicsRequest())).Topics);
        Assert.Empty((await client.AskAsync(new DeleteTopicsRequest())).Responses);
        Assert.Empty((await client.AskAsync(new CreatePartitionsRequest())).Results);
        Assert.Empty((await client.AskAsync(new DeleteRecordsRequest())).Topics);
        Assert.Empty((await client.AskAsync(new FindCoordinatorRequest { KeyType = 1 })).Coordinators);
        Assert.Empty((await client.AskAsync(new ElectLeadersRequest { TopicPartitions = [] })).ReplicaElectionResults);
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task Limits_that_cannot_be_are_taken_as_the_nearest_that_can(int limit)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"limits{limit}";
        await client.CreateAsync(topic);
        await client.AppendAsync(topic, Batches.Of("a"));
        var request = Words.Fetch(topic, 0, maxBytes: limit, partitionMaxBytes: limit);
        // There is something, so nobody waits, however much was wished for.
        (request.MinBytes, request.MaxWaitMs) = (Math.Min(limit, 1), limit);
        Assert.Equal(["a"], (await client.FetchAsync(request)).Values());
        var described = await client.AskAsync(new DescribeTopicPartitionsRequest
        {
            Topics = [new() { Name = topic }], ResponsePartitionLimit = limit, Cursor = new() { TopicName = topic, PartitionIndex = limit },
        });
        Assert.Equal(ErrorCode.None, Assert.Single(described.Topics).ErrorCode);
        var produced = Words.Produce(topic, Batches.Of("b"), acks: 1);
        produced.TimeoutMs = limit;
        Assert.Equal(ErrorCode.None, (await client.AskAsync(produced, 12)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    private static FetchRequest FetchTwice(int sessionEpoch) => new()
    {
        SessionEpoch = sessionEpoch,
        MaxBytes = 1000,
        Topics = [new() { Topic = "twice", Partitions = [new(), new()] }, new() { Topic = "twice", Partitions = [new()] }],
    };
}

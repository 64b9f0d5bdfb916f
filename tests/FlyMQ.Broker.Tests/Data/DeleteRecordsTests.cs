using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Groups;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Data;

public sealed class DeleteRecordsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task The_log_starts_at_the_offset_and_never_moves_back()
    {
        await using var client = await broker.ConnectAsync();
        await FilledAsync(client, "cut");
        Assert.Equal((ErrorCode.None, 2L), await DeleteAsync(client, "cut", 2));
        Assert.Equal((ErrorCode.None, 2L), await DeleteAsync(client, "cut", 1));
        Assert.Equal((ErrorCode.None, 2L), (await client.FetchAsync(Fetch("cut", 2))) is var fetched ? (fetched.ErrorCode, fetched.LogStartOffset) : default);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(Fetch("cut", 1))).ErrorCode);
    }

    [Fact]
    public async Task Minus_1_means_everything_there_is()
    {
        await using var client = await broker.ConnectAsync();
        await FilledAsync(client, "emptied");
        Assert.Equal((ErrorCode.None, 3L), await DeleteAsync(client, "emptied", -1));
        Assert.Equal(3, await client.AppendAsync("emptied", Batches.Of("d")));
        Assert.Equal(["d"], (await client.FetchAsync(Fetch("emptied", 3))).Values());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-2)]
    public async Task An_offset_outside_the_log_is_out_of_range(long offset)
    {
        await using var client = await broker.ConnectAsync();
        await FilledAsync(client, $"beyond{offset}");
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1L), await DeleteAsync(client, $"beyond{offset}", offset));
        Assert.Equal(["a", "b", "c"], (await client.FetchAsync(Fetch($"beyond{offset}", 0))).Values());
    }

    [Fact]
    public async Task Where_only_compaction_removes_records_nobody_deletes_them()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("kept", 1, ("cleanup.policy", "compact"));
        await client.AppendAsync("kept", Batches.Of("a"));
        Assert.Equal((ErrorCode.PolicyViolation, -1L), await DeleteAsync(client, "kept", 1));
        await client.CreateAsync("kept-for-a-while", 1, ("cleanup.policy", "compact,delete"));
        await client.AppendAsync("kept-for-a-while", Batches.Of("a"));
        Assert.Equal((ErrorCode.None, 1L), await DeleteAsync(client, "kept-for-a-while", 1));
    }

    [Fact]
    public async Task What_does_not_exist_or_is_the_brokers_own_is_refused()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1L), await DeleteAsync(client, "nowhere", 0));
        await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = ["group"] });
        Assert.Equal((ErrorCode.InvalidTopicException, -1L), await DeleteAsync(client, "__consumer_offsets", 0));
    }

    private static async Task FilledAsync(Client client, string topic)
    {
        await client.CreateAsync(topic);
        await client.AppendAsync(topic, Batches.Of("a", "b"));
        await client.AppendAsync(topic, Batches.Of("c"));
    }

    private static async Task<(ErrorCode, long)> DeleteAsync(Client client, string topic, long offset)
    {
        var response = await client.AskAsync(new DeleteRecordsRequest { TimeoutMs = 10_000, Topics = [new() { Name = topic, Partitions = [new() { Offset = offset }] }] });
        var answer = Assert.Single(Assert.Single(response.Topics).Partitions);
        return (answer.ErrorCode, answer.LowWatermark);
    }
}

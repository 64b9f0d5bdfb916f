using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Data;

/// <summary>Leader epochs (KIP-101, KIP-279, KIP-320): a topic with two records of epoch 0, none of epoch 1 and one of epoch 2.</summary>
public sealed class LeaderEpochTests(LeaderEpochTests.SecondLife broker) : IClassFixture<LeaderEpochTests.SecondLife>
{
    private const string Topic = "lives";

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(0, ErrorCode.FencedLeaderEpoch)]
    [InlineData(1, ErrorCode.FencedLeaderEpoch)]
    [InlineData(2, ErrorCode.None)]
    [InlineData(3, ErrorCode.UnknownLeaderEpoch)]
    public async Task Whoever_asks_with_another_epoch_learns_who_is_behind(int epoch, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        var fetched = await client.FetchAsync(Fetch(Topic, 0, leaderEpoch: epoch));
        Assert.Equal(expected, fetched.ErrorCode);
        Assert.Equal(expected == ErrorCode.None ? 3 : -1, fetched.HighWatermark);
        Assert.Equal(expected == ErrorCode.None, fetched.Records!.Length > 0);
        Assert.Equal(expected, (await client.ListOffsetAsync(Topic, -1, leaderEpoch: epoch)).ErrorCode);
        Assert.Equal(expected, (await EndAsync(client, asked: 2, current: epoch)).ErrorCode);
    }

    [Theory]
    [InlineData(0, 0, 2)]
    [InlineData(1, 0, 2)]
    [InlineData(2, 2, 3)]
    [InlineData(3, -1, -1)]
    [InlineData(-1, -1, -1)]
    public async Task An_epoch_ends_where_the_next_one_begins(int asked, int epoch, long endOffset)
    {
        await using var client = await broker.ConnectAsync();
        var end = await EndAsync(client, asked);
        Assert.Equal((ErrorCode.None, epoch, endOffset), (end.ErrorCode, end.LeaderEpoch, end.EndOffset));
    }

    [Fact]
    public async Task Of_a_partition_that_does_not_exist_no_end_is_known()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new OffsetForLeaderEpochRequest { Topics = [new() { Topic = "no-lives", Partitions = [new()] }] });
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, response.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Metadata_and_offsets_tell_the_epoch()
    {
        await using var client = await broker.ConnectAsync();
        var metadata = await client.AskAsync(new MetadataRequest { Topics = [new() { Name = Topic }] });
        Assert.Equal(2, metadata.Topics[0].Partitions[0].LeaderEpoch);
        Assert.Equal(2, (await client.ListOffsetAsync(Topic, -1)).LeaderEpoch);
        // The earliest record is of the first life.
        Assert.Equal(0, (await client.ListOffsetAsync(Topic, -2)).LeaderEpoch);
    }

    [Theory]
    [InlineData(3, 2, null)]
    [InlineData(2, 0, null)]
    [InlineData(3, 0, 2L)]
    [InlineData(2, 1, 2L)]
    public async Task A_follower_whose_log_went_another_way_is_told_where(long offset, int lastFetchedEpoch, long? diverging)
    {
        await using var client = await broker.ConnectAsync();
        var request = Fetch(Topic, offset);
        request.Topics[0].Partitions[0].LastFetchedEpoch = lastFetchedEpoch;
        var fetched = await client.FetchAsync(request);
        Assert.Equal((ErrorCode.None, diverging), (fetched.ErrorCode, fetched.DivergingEpoch?.EndOffset));
    }

    private static async Task<OffsetForLeaderEpochResponse.EpochEndOffset> EndAsync(Client client, int asked, int current = -1)
    {
        var response = await client.AskAsync(new OffsetForLeaderEpochRequest
        {
            Topics = [new() { Topic = Topic, Partitions = [new() { Partition = 0, CurrentLeaderEpoch = current, LeaderEpoch = asked }] }],
        });
        return Assert.Single(Assert.Single(response.Topics).Partitions);
    }

    public sealed class SecondLife : TestBroker, IAsyncLifetime
    {
        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            await using var client = await ConnectAsync();
            await client.CreateAsync(Topic);
            await client.AppendAsync(Topic, Batches.Of("a", "b"));
            await BeginNewLifeAsync();
            // The follower of the image may be a moment behind what the image says.
            await Until.TrueAsync(async () => (await client.ListOffsetAsync(Topic, -1)).LeaderEpoch == 2, "the next life");

            Assert.Equal(2, await client.AppendAsync(Topic, Batches.Of("c")));
        }
    }
}

using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;

namespace FlyMQ.Broker.Tests.Data;

public sealed class ListOffsetsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private const long Latest = -1, Earliest = -2, MaxTimestamp = -3, EarliestLocal = -4, LatestTiered = -5, EarliestPendingUpload = -6;
    private const long T = 1_700_000_000_000;

    [Fact]
    public async Task Of_an_empty_log_both_ends_are_0()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("empty");
        Assert.Equal((ErrorCode.None, 0L, 0), Facts(await client.ListOffsetAsync("empty", Earliest)));
        Assert.Equal((ErrorCode.None, 0L, 0), Facts(await client.ListOffsetAsync("empty", Latest)));
        Assert.Equal((ErrorCode.None, -1L, -1), Facts(await client.ListOffsetAsync("empty", MaxTimestamp)));
        Assert.Equal((ErrorCode.None, -1L, -1), Facts(await client.ListOffsetAsync("empty", 0)));
    }

    [Fact]
    public async Task Earliest_follows_the_start_of_the_log_and_latest_its_end()
    {
        await using var client = await broker.ConnectAsync();
        await FilledAsync(client, "ends");
        Assert.Equal(0, (await client.ListOffsetAsync("ends", Earliest)).Offset);
        await client.AskAsync(new DeleteRecordsRequest { Topics = [new() { Name = "ends", Partitions = [new() { Offset = 2 }] }] });
        Assert.Equal((ErrorCode.None, 2L, 0), Facts(await client.ListOffsetAsync("ends", Earliest)));
        Assert.Equal((ErrorCode.None, 2L, 0), Facts(await client.ListOffsetAsync("ends", EarliestLocal)));
        Assert.Equal((ErrorCode.None, 5L, 0), Facts(await client.ListOffsetAsync("ends", Latest)));
        // These are no times, so the answer has none.
        Assert.Equal(-1, (await client.ListOffsetAsync("ends", Latest)).Timestamp);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_time_finds_the_first_record_that_is_not_older(bool inSegment)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"by-time-{inSegment}";
        var id = await FilledAsync(client, topic);
        if (inSegment)
        {
            await broker.SettledAsync(id);
        }

        foreach (var (timestamp, offset, found) in new[] { (0, 0, T), (T, 0L, T), (T + 1, 1L, T + 100), (T + 100, 1L, T + 100), (T + 150, 2L, T + 500), (T + 500, 2L, T + 500), (T + 501, -1L, -1) })
        {
            var answer = await client.ListOffsetAsync(topic, timestamp);
            Assert.Equal((ErrorCode.None, offset, found), (answer.ErrorCode, answer.Offset, answer.Timestamp));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_greatest_time_is_not_always_the_last_records(bool inSegment)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"greatest-{inSegment}";
        var id = await FilledAsync(client, topic);
        if (inSegment)
        {
            await broker.SettledAsync(id);
        }

        var answer = await client.ListOffsetAsync(topic, MaxTimestamp);
        Assert.Equal((ErrorCode.None, 2L, T + 500), (answer.ErrorCode, answer.Offset, answer.Timestamp));
    }

    [Theory]
    [InlineData(MaxTimestamp, 7, 2)]
    [InlineData(EarliestLocal, 8, 0)]
    [InlineData(LatestTiered, 9, -1)]
    [InlineData(EarliestPendingUpload, 11, -1)]
    public async Task Times_that_are_no_times_came_version_by_version(long timestamp, short since, long offset)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"since-{since}";
        await FilledAsync(client, topic);
        async Task<(ErrorCode, long, int)> AskAsync(int version) => Facts(Assert.Single(Assert.Single(
            (await client.AskAsync(new ListOffsetsRequest { Topics = [new() { Name = topic, Partitions = [new() { Timestamp = timestamp }] }] }, (short)version)).Topics).Partitions));

        Assert.Equal((ErrorCode.None, offset, offset < 0 ? -1 : 0), await AskAsync(since));
        // KIP-734, KIP-405, KIP-1005, KIP-1023: who asks too early is told, for no answer would mean the same.
        Assert.Equal((ErrorCode.UnsupportedVersion, -1L, -1), await AskAsync(since - 1));
    }

    [Theory]
    [InlineData(-7)]
    [InlineData(long.MinValue)]
    public async Task Other_negative_times_mean_nothing(long timestamp)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"negative{timestamp}";
        await FilledAsync(client, topic);
        Assert.Equal((ErrorCode.UnsupportedVersion, -1L, -1), Facts(await client.ListOffsetAsync(topic, timestamp)));
    }

    [Fact]
    public async Task A_partition_that_is_asked_for_twice_is_a_request_that_contradicts_itself()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("twice", partitions: 2);
        var response = await client.AskAsync(new ListOffsetsRequest
        {
            Topics =
            [
                new() { Name = "twice", Partitions = [new() { PartitionIndex = 0, Timestamp = Latest }, new() { PartitionIndex = 1, Timestamp = Latest }] },
                new() { Name = "twice", Partitions = [new() { PartitionIndex = 0, Timestamp = Earliest }] },
            ],
        });
        Assert.Equal(
            [ErrorCode.InvalidRequest, ErrorCode.None, ErrorCode.InvalidRequest],
            response.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));
    }

    [Fact]
    public async Task A_partition_that_does_not_exist_is_unknown()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ListOffsetAsync("not-there", Latest)).ErrorCode);
    }

    private static (ErrorCode, long, int) Facts(ListOffsetsResponse.ListOffsetsPartitionResponse answer) => (answer.ErrorCode, answer.Offset, answer.LeaderEpoch);

    /// <summary>Five records in two batches; the greatest time is in the middle.</summary>
    private static async Task<Guid> FilledAsync(Client client, string topic)
    {
        var id = await client.CreateAsync(topic);
        await client.AppendAsync(topic, Batches.At(T, T + 100, T + 500));
        await client.AppendAsync(topic, Batches.At(T + 200, T + 300));
        return id;
    }
}

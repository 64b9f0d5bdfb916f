using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Broker.Tests.Data;

/// <summary>Fetch sessions (KIP-227).</summary>
public sealed class FetchSessionTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private const short Version = 12;

    [Fact]
    public async Task An_incremental_fetch_tells_only_what_is_new()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("news", partitions: 3);
        var session = await BeginAsync(client, "news", 0, 1, 2);

        Assert.Empty((await NextAsync(client, session, 1)).Responses);

        await client.AppendAsync("news", Batches.Of("a"), partition: 1);
        var told = await NextAsync(client, session, 2);
        Assert.Equal([1], Partitions(told));
        Assert.Equal(["a"], told.Responses[0].Partitions[0].Values());
        Assert.Equal(session, told.SessionId);

        // Until the client says that it has read them, the records are news.
        Assert.Equal([1], Partitions(await NextAsync(client, session, 3)));
        Assert.Empty((await NextAsync(client, session, 4, ("news", 1, 1))).Responses);
    }

    [Fact]
    public async Task A_moved_log_start_is_news_too()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("moved");
        await client.AppendAsync("moved", Batches.Of("a"));
        var session = (await client.AskAsync(Request(0, 0, ("moved", 0, 1)), Version)).SessionId;
        Assert.Empty((await NextAsync(client, session, 1)).Responses);
        await client.AskAsync(new DeleteRecordsRequest { Topics = [new() { Name = "moved", Partitions = [new() { Offset = 1 }] }] });
        Assert.Equal(1, (await NextAsync(client, session, 2)).Responses[0].Partitions[0].LogStartOffset);
    }

    [Fact]
    public async Task A_forgotten_partition_is_not_told_any_more()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("forgotten", partitions: 2);
        var session = await BeginAsync(client, "forgotten", 0, 1);
        var request = Request(session, 1);
        request.ForgottenTopicsData.Add(new() { Topic = "forgotten", Partitions = [0] });
        await client.AskAsync(request, Version);
        await client.AppendAsync("forgotten", Batches.Of("a"), partition: 0);
        await client.AppendAsync("forgotten", Batches.Of("b"), partition: 1);
        Assert.Equal([1], Partitions(await NextAsync(client, session, 2)));
    }

    [Fact]
    public async Task A_partition_that_joins_is_told_at_once()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("joining", partitions: 2);
        var session = await BeginAsync(client, "joining", 0);
        Assert.Equal([1], Partitions(await NextAsync(client, session, 1, ("joining", 1, 0))));
        Assert.Empty((await NextAsync(client, session, 2)).Responses);
    }

    [Fact]
    public async Task An_error_is_told_until_it_is_gone()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("there");
        var session = (await client.AskAsync(Request(0, 0, ("there", 0, 0), ("late", 0, 0)), Version)).SessionId;
        for (var epoch = 1; epoch < 3; epoch++)
        {
            var told = Assert.Single((await NextAsync(client, session, epoch)).Responses);
            Assert.Equal(("late", ErrorCode.UnknownTopicOrPartition), (told.Topic, told.Partitions[0].ErrorCode));
        }

        await client.CreateAsync("late");
        Assert.Equal(ErrorCode.None, Assert.Single((await NextAsync(client, session, 3)).Responses).Partitions[0].ErrorCode);
        Assert.Empty((await NextAsync(client, session, 4)).Responses);
    }

    [Fact]
    public async Task Who_was_given_records_goes_to_the_end_of_the_line()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("line", partitions: 2);
        var session = await BeginAsync(client, "line", 0, 1);
        await client.AppendAsync("line", Batches.Of("a"), partition: 0);
        await client.AppendAsync("line", Batches.Of("b"), partition: 1);

        async Task<int> ServedAsync(int epoch)
        {
            var request = Request(session, epoch);
            // Room for one batch.
            request.MaxBytes = 1;
            return (await client.AskAsync(request, Version)).Responses.SelectMany(t => t.Partitions).Single(p => p.Records is { Length: > 0 }).PartitionIndex;
        }

        Assert.Equal((0, 1, 0), (await ServedAsync(1), await ServedAsync(2), await ServedAsync(3)));
    }

    [Fact]
    public async Task An_epoch_out_of_turn_is_refused_and_the_session_lives_on()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("epochs");
        var session = await BeginAsync(client, "epochs", 0);
        await NextAsync(client, session, 1);
        foreach (var epoch in new[] { 1, 3, int.MaxValue })
        {
            var refused = await client.AskAsync(Request(session, epoch), Version);
            Assert.Equal((ErrorCode.InvalidFetchSessionEpoch, 0), (refused.ErrorCode, refused.Responses.Count));
        }

        await NextAsync(client, session, 2);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_not_found()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("ended");
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await client.AskAsync(Request(0, 1), Version)).ErrorCode);
        var session = await BeginAsync(client, "ended", 0);

        // Epoch -1 ends the session and asks without one.
        var last = await client.AskAsync(Request(session, -1, ("ended", 0, 0)), Version);
        Assert.Equal((ErrorCode.None, 0, 1), (last.ErrorCode, last.SessionId, last.Responses.Count));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await client.AskAsync(Request(session, 1), Version)).ErrorCode);
    }

    [Fact]
    public async Task Epoch_0_with_an_id_begins_anew_in_place_of_the_old_session()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("anew");
        var old = await BeginAsync(client, "anew", 0);
        var renewed = (await client.AskAsync(Request(old, 0, ("anew", 0, 0)), Version)).SessionId;
        Assert.NotEqual(old, renewed);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await client.AskAsync(Request(old, 1), Version)).ErrorCode);
        await NextAsync(client, renewed, 1);
    }

    [Fact]
    public async Task A_session_by_names_is_not_continued_by_ids()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("named");
        var session = await BeginAsync(client, "named", 0);
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, (await client.AskAsync(Request(session, 1), 13)).ErrorCode);
    }

    [Fact]
    public async Task A_session_is_continued_over_another_connection()
    {
        await using var first = await broker.ConnectAsync();
        await using var second = await broker.ConnectAsync();
        await first.CreateAsync("roaming");
        var session = await BeginAsync(first, "roaming", 0);
        await NextAsync(second, session, 1);
    }

    internal static FetchRequest Request(int session, int epoch, params (string Topic, int Partition, long Offset)[] partitions) => new()
    {
        SessionId = session,
        SessionEpoch = epoch,
        MaxBytes = 1 << 20,
        Topics =
        [
            .. partitions.GroupBy(p => p.Topic).Select(t => new FetchRequest.FetchTopic
            {
                Topic = t.Key, Partitions = [.. t.Select(p => new FetchRequest.FetchPartition { Partition = p.Partition, FetchOffset = p.Offset, PartitionMaxBytes = 1 << 20 })],
            }),
        ],
    };

    internal static async Task<int> BeginAsync(Client client, string topic, params int[] partitions)
    {
        var response = await client.AskAsync(Request(0, 0, [.. partitions.Select(p => (topic, p, 0L))]), Version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        // The first answer tells everything.
        Assert.Equal(partitions, Partitions(response));
        Assert.NotEqual(0, response.SessionId);
        return response.SessionId;
    }

    internal static async Task<FetchResponse> NextAsync(Client client, int session, int epoch, params (string, int, long)[] partitions)
    {
        var response = await client.AskAsync(Request(session, epoch, partitions), Version);
        Assert.Equal((ErrorCode.None, session), (response.ErrorCode, response.SessionId));
        return response;
    }

    private static List<int> Partitions(FetchResponse response) => [.. response.Responses.SelectMany(t => t.Partitions).Select(p => p.PartitionIndex)];
}

/// <summary>Two places for sessions, and a clock that tests move.</summary>
public sealed class TwoSessionsBroker : TestBroker
{
    internal FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    protected override BrokerParts Change(BrokerParts parts) => parts with { Time = Time, Fetch = new Apis.Data.FetchLimits { MaxSessions = 2 } };
}

public sealed class FetchSessionEvictionTests(TwoSessionsBroker broker) : IClassFixture<TwoSessionsBroker>
{
    [Fact]
    public async Task The_session_unused_for_longest_gives_way_once_it_has_been_for_two_minutes()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("places");
        var first = await FetchSessionTests.BeginAsync(client, "places", 0);
        broker.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await FetchSessionTests.BeginAsync(client, "places", 0);
        broker.Time.Advance(TimeSpan.FromSeconds(100));
        await FetchSessionTests.NextAsync(client, first, 1);

        // Nobody has been idle for long enough: the newcomer is served without a session.
        var newcomer = await client.AskAsync(FetchSessionTests.Request(0, 0, ("places", 0, 0)), 12);
        Assert.Equal((ErrorCode.None, 0, 1), (newcomer.ErrorCode, newcomer.SessionId, newcomer.Responses.Count));

        broker.Time.Advance(TimeSpan.FromSeconds(30));
        var third = await FetchSessionTests.BeginAsync(client, "places", 0);

        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await client.AskAsync(FetchSessionTests.Request(second, 1), 12)).ErrorCode);
        await FetchSessionTests.NextAsync(client, first, 2);
        await FetchSessionTests.NextAsync(client, third, 1);
    }
}

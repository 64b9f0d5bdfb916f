using System.Diagnostics;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Tests.Configs;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Network;

/// <summary>What happens when one of the two sides goes.</summary>
public sealed class EndsTests
{
    [Fact]
    public async Task A_broker_that_stops_answers_who_waits_and_lets_go()
    {
        var broker = new TestBroker();
        await broker.InitializeAsync();
        await using var waiting = await broker.ConnectAsync();
        await using var silent = await broker.ConnectAsync();
        await waiting.CreateAsync("waited-for");
        var request = Fetch("waited-for", 0);
        (request.MinBytes, request.MaxWaitMs) = (1, 60_000);
        var correlationId = await waiting.SendAsync(request, 12);
        await Task.Delay(50);

        var stopping = Stopwatch.StartNew();
        await broker.DisposeAsync();

        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await waiting.ReceiveAsync<FetchResponse>(correlationId, 12)).Responses[0].Partitions[0].ErrorCode);
        await waiting.IsClosedAsync();
        await silent.IsClosedAsync();
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(8), $"Stopping took {stopping.Elapsed}.");
    }

    [Fact]
    public async Task A_client_that_goes_while_it_waits_is_no_fault()
    {
        var broker = new TestBroker();
        await broker.InitializeAsync();
        await using var writer = await broker.ConnectAsync();
        await writer.CreateAsync("abandoned");
        for (var i = 0; i < 5; i++)
        {
            await using var reader = await broker.ConnectAsync();
            var request = Fetch("abandoned", 0);
            (request.MinBytes, request.MaxWaitMs) = (1, 60_000);
            await reader.SendAsync(request, 12);
        }

        await using (var producer = await broker.ConnectAsync())
        {
            await producer.SendAsync(Produce("abandoned", Batches.Of("a")), 12);
        }

        await Until.TrueAsync(async () => (await writer.ListOffsetAsync("abandoned", -1)).Offset == 1, "the record of a producer that did not wait");
        // Nobody is waited for, and nothing was reported.
        var stopping = Stopwatch.StartNew();
        await broker.DisposeAsync();
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(8), $"Stopping took {stopping.Elapsed}.");
    }
}

public sealed class RequestMemoryTests(RequestMemoryTests.SmallMemoryBroker broker) : IClassFixture<RequestMemoryTests.SmallMemoryBroker>
{
    [Fact]
    public async Task A_large_request_waits_for_room_and_small_ones_do_not()
    {
        await using var slow = await broker.ConnectAsync();
        await using var next = await broker.ConnectAsync();
        await slow.CreateAsync("large");
        await next.AskAsync(new ApiVersionsRequest(), 0);
        var (first, firstId) = slow.Encode(Produce("large", Batches.OfSize(150_000)), 12);
        await slow.SendBytesAsync(first.AsMemory(0, 100_000));
        // The broker has to have seen it before the next one comes: its whole length is taken at once.
        await UntilAsync(load => load.RequestMemoryBytes > 150_000 && load.RequestMemoryLimitBytes == 200_000);
        Assert.Equal(0, broker.Load.RequestsWaiting);

        var answer = next.AskAsync(Produce("large", Batches.OfSize(150_000)), 12);
        await using (var gone = await broker.ConnectAsync())
        {
            // Its connection is read from before the request comes, which else could be there whole at the first look.
            await gone.AskAsync(new ApiVersionsRequest(), 0);
            await gone.SendAsync(Produce("large", Batches.OfSize(150_000)), 12);
            await UntilAsync(load => load.RequestsWaiting == 2);
        }

        // Who went waits no more.
        await UntilAsync(load => load.RequestsWaiting == 1);
        await using var small = await broker.ConnectAsync();
        Assert.NotEmpty((await small.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
        await Task.WhenAny(answer, Task.Delay(200));
        Assert.False(answer.IsCompleted, "The second large request had room.");

        await slow.SendBytesAsync(first.AsMemory(100_000));
        Assert.Equal(ErrorCode.None, (await slow.ReceiveAsync<ProduceResponse>(firstId, 12)).Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, (await answer).Responses[0].PartitionResponses[0].ErrorCode);
        await UntilAsync(load => load is { RequestsWaiting: 0, RequestMemoryBytes: 0, RequestsInFlight: 0 });
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_of_a_large_request_gives_its_room_back()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("given-back");
        await using (var gone = await broker.ConnectAsync())
        {
            await gone.SendBytesAsync(gone.Encode(Produce("given-back", Batches.OfSize(190_000)), 12).Frame.AsMemory(0, 100_000));
            await Task.Delay(50);
        }

        Assert.Equal(0, await client.AppendAsync("given-back", Batches.OfSize(190_000)));
        // One that is larger than everything is served alone.
        Assert.Equal(1, await client.AppendAsync("given-back", Batches.OfSize(500_000)));
    }

    private async Task UntilAsync(Func<NetworkLoad, bool> reached)
    {
        var clock = Stopwatch.StartNew();
        while (!reached(broker.Load))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"It is {broker.Load}.");
            await Task.Delay(5);
        }
    }

    public sealed class SmallMemoryBroker : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with { Network = new NetworkLimits { RequestMemoryBytes = 200_000 } };
    }
}

public sealed class ChangedLimitsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private const sbyte Broker = 4, Set = 0, Delete = 1;

    [Theory]
    [InlineData("max.connections")]
    [InlineData("max.connections.per.ip")]
    public async Task The_limits_of_connections_change_while_the_broker_runs(string key)
    {
        await using var admin = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.None, await AlterConfigsTests.AlterAsync(admin, Broker, "7", (key, Set, "1")));
        var before = broker.Load;
        await Client.IsRefusedAsync(broker.Address);
        var after = broker.Load;
        var (ofAll, ofAddress) = (after.RefusedByLimit - before.RefusedByLimit, after.RefusedByAddress - before.RefusedByAddress);
        Assert.Equal(key == "max.connections" ? (1, 0) : (0, 1), (ofAll, ofAddress));
        Assert.Equal(key == "max.connections" ? 1 : int.MaxValue, after.ConnectionsLimit);
        Assert.Equal(ErrorCode.None, await AlterConfigsTests.AlterAsync(admin, Broker, "7", (key, Delete, null)));
        await using var welcome = await broker.ConnectAsync();
        Assert.NotEmpty((await welcome.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
    }
}

using System.Net;
using System.Net.Sockets;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Network;

/// <summary>A connection that is silent for 600 ms is closed.</summary>
public sealed class ImpatientBroker : TestBroker
{
    public const int MaxIdleMs = 600;

    protected override BrokerParts Change(BrokerParts parts)
        => parts with { Network = new NetworkLimits { ConnectionsMaxIdleMs = MaxIdleMs } };
}

public sealed class IdleTests(ImpatientBroker broker) : IClassFixture<ImpatientBroker>
{
    [Fact]
    public async Task A_connection_without_a_request_is_closed()
    {
        await using var client = await broker.ConnectAsync();
        await client.IsClosedAsync();
    }

    [Fact]
    public async Task Half_a_request_does_not_keep_a_connection()
    {
        await using var client = await broker.ConnectAsync();
        await client.SendBytesAsync(new byte[] { 0, 0, 0, 10, 0 });
        await client.IsClosedAsync();
    }

    [Fact]
    public async Task Who_waits_for_an_answer_is_not_idle()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("patient");
        // The broker looks for idle connections every second: twice while this one waits.
        var request = Fetch("patient", 0);
        (request.MinBytes, request.MaxWaitMs) = (1, 2600);
        Assert.Equal(ErrorCode.None, (await client.FetchAsync(request)).ErrorCode);
        // The answer begins the time anew.
        Assert.NotEmpty((await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
    }
}

public sealed class FrameTests(FrameTests.SmallFramesBroker broker) : IClassFixture<FrameTests.SmallFramesBroker>
{
    private const int MaxBytes = 100_000;

    [Theory]
    [InlineData(MaxBytes + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task A_size_that_no_request_has_ends_this_connection_and_no_other(int size)
    {
        await using var other = await broker.ConnectAsync();
        await using var client = await broker.ConnectAsync();
        await client.SendBytesAsync(new[] { (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size });
        await client.IsClosedAsync();
        Assert.NotEmpty((await other.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
    }

    [Fact]
    public async Task The_largest_request_is_served()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("large");
        var size = MaxBytes - (client.Encode(Produce("large", []), 8).Frame.Length - 4);
        var batch = Batches.OfSize(size - Batches.OfSize(size).Length + size);
        var (frame, correlationId) = client.Encode(Produce("large", batch), 8);
        Assert.Equal(MaxBytes, frame.Length - 4);
        await client.SendBytesAsync(frame);
        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<ProduceResponse>(correlationId, 8)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task A_request_may_come_in_pieces()
    {
        await using var client = await broker.ConnectAsync();
        var (frame, correlationId) = client.Encode(new MetadataRequest { Topics = [] }, 12);
        foreach (var piece in frame.Chunk(3))
        {
            await client.SendBytesAsync(piece);
            await Task.Yield();
        }

        await client.ReceiveAsync<MetadataResponse>(correlationId, 12);
    }

    [Fact]
    public async Task Bytes_that_are_no_request_end_the_connection()
    {
        await using var client = await broker.ConnectAsync();
        // A Metadata request that claims a million topics.
        await client.SendBytesAsync(new byte[] { 0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 255, 255, 0, 15, 66, 64 });
        await client.IsClosedAsync();
    }

    [Fact]
    public async Task What_was_asked_before_is_answered_before_the_connection_ends()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("answered");
        var (atOnce, first) = client.Encode(new ApiVersionsRequest(), 0);
        var (later, second) = client.Encode(Produce("answered", Batches.Of("a")), 8);
        await client.SendBytesAsync(new byte[][] { atOnce, later, [0, 0, 0, 10, 127, 0, 0, 0, 0, 0, 0, 9, 255, 255] }.SelectMany(b => b).ToArray());
        await client.ReceiveAsync<ApiVersionsResponse>(first, 0);
        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<ProduceResponse>(second, 8)).Responses[0].PartitionResponses[0].ErrorCode);
        await client.IsClosedAsync();
    }

    [Fact]
    public async Task What_is_answered_at_once_is_answered_before_the_connection_ends()
    {
        await using var client = await broker.ConnectAsync();
        var (atOnce, first) = client.Encode(new ApiVersionsRequest(), 0);
        await client.SendBytesAsync(new byte[][] { atOnce, [0, 0, 0, 10, 127, 0, 0, 0, 0, 0, 0, 9, 255, 255] }.SelectMany(b => b).ToArray());
        await client.ReceiveAsync<ApiVersionsResponse>(first, 0);
        await client.IsClosedAsync();
    }

    public sealed class SmallFramesBroker : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with { Network = new NetworkLimits { SocketRequestMaxBytes = MaxBytes } };
    }
}

public sealed class ConnectionsPerAddressTests(ConnectionsPerAddressTests.TwoPerAddressBroker broker) : IClassFixture<ConnectionsPerAddressTests.TwoPerAddressBroker>
{
    [Fact]
    public async Task One_address_has_so_many_connections_and_leaves_room_for_others()
    {
        await using var first = await ServedAsync(IPAddress.Loopback);
        await using (await ServedAsync(IPAddress.Loopback))
        {
            await Client.IsRefusedAsync(broker.Address);
            await using var elsewhere = await ServedAsync(IPAddress.Parse("127.0.0.2"));
        }

        // One has gone: as soon as the broker knows, there is room.
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    await using var client = await broker.ConnectAsync();
                    return (await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys.Count > 0;
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    return false;
                }
            },
            "room for another connection");
        Assert.NotEmpty((await first.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
    }

    private async Task<Client> ServedAsync(IPAddress from)
    {
        var client = await Client.ConnectAsync(broker.Address, from);
        Assert.NotEmpty((await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
        return client;
    }

    public sealed class TwoPerAddressBroker : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with { Network = new NetworkLimits { MaxConnectionsPerIp = 2 } };
    }
}

public sealed class ConnectionsTests(ConnectionsTests.TwoInAllBroker broker) : IClassFixture<ConnectionsTests.TwoInAllBroker>
{
    [Fact]
    public Task All_addresses_together_have_so_many_connections() => HasTwoAsync(broker);

    internal static async Task HasTwoAsync(TestBroker broker)
    {
        await using var first = await Client.ConnectAsync(broker.Address, IPAddress.Parse("127.0.0.2"));
        await using var second = await Client.ConnectAsync(broker.Address, IPAddress.Parse("127.0.0.3"));
        await first.AskAsync(new ApiVersionsRequest(), 0);
        await second.AskAsync(new ApiVersionsRequest(), 0);
        await Client.IsRefusedAsync(broker.Address, IPAddress.Parse("127.0.0.4"));
        await first.AskAsync(new ApiVersionsRequest(), 0);
    }

    public sealed class TwoInAllBroker : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with { Network = new NetworkLimits { MaxConnections = 2 } };
    }
}

public sealed class HandlesForConnectionsTests(HandlesForConnectionsTests.TwoHandlesBroker broker) : IClassFixture<HandlesForConnectionsTests.TwoHandlesBroker>
{
    [Fact]
    public Task There_are_no_more_connections_than_handles_for_them() => ConnectionsTests.HasTwoAsync(broker);

    public sealed class TwoHandlesBroker : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with { Network = new NetworkLimits { HandlesForConnections = 2 } };
    }
}

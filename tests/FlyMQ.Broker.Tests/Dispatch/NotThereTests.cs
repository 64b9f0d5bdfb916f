using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Messages.Security;
using FlyMQ.Protocol.Messages.Transactions;

namespace FlyMQ.Broker.Tests.Dispatch;

/// <summary>Who asks for what FlyMQ does not have is told at once and for good, never left to try again.</summary>
public sealed class NotThereTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_transaction_has_no_coordinator(short version)
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(version < 4 ? new FindCoordinatorRequest { KeyType = 1, Key = "t" } : new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["t"] }, version);
        var (error, node) = version < 4 ? (response.ErrorCode, response.NodeId) : (response.Coordinators[0].ErrorCode, response.Coordinators[0].NodeId);
        Assert.Equal((ErrorCode.TransactionalIdAuthorizationFailed, -1), (error, node));
        Assert.False(error.IsRetriable());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public async Task Nor_has_what_a_group_is_not(sbyte keyType)
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new FindCoordinatorRequest { KeyType = keyType, CoordinatorKeys = ["s"] });
        Assert.Equal(ErrorCode.InvalidRequest, response.Coordinators[0].ErrorCode);
    }

    [Fact]
    public async Task A_transactional_id_gets_no_producer_id()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new InitProducerIdRequest { TransactionalId = "t", TransactionTimeoutMs = 1000 });
        Assert.Equal((ErrorCode.TransactionalIdAuthorizationFailed, -1L), (response.ErrorCode, response.ProducerId));
    }

    [Fact]
    public async Task Without_an_authorizer_there_are_no_rules_to_describe()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new DescribeAclsRequest { ResourceTypeFilter = 1, Operation = 1, PermissionType = 1 });
        Assert.Equal((ErrorCode.SecurityDisabled, 0), (response.ErrorCode, response.Resources.Count));
    }

    [Fact]
    public async Task A_plaintext_listener_shakes_no_hands()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new SaslHandshakeRequest { Mechanism = "PLAIN" });
        Assert.Equal((ErrorCode.IllegalSaslState, 0), (response.ErrorCode, response.Mechanisms.Count));
    }

    [Theory]
    [InlineData(4)] // LeaderAndIsr: not for clients
    [InlineData(24)] // AddPartitionsToTxn
    [InlineData(36)] // SaslAuthenticate
    [InlineData(68)] // ConsumerGroupHeartbeat
    [InlineData(95)] // nobody's
    [InlineData(-1)]
    [InlineData(short.MaxValue)]
    public async Task An_api_that_is_not_advertised_ends_the_connection(short api)
    {
        await using var client = await broker.ConnectAsync();
        await client.SendBytesAsync(new byte[] { 0, 0, 0, 10, (byte)(api >> 8), (byte)api, 0, 0, 0, 0, 0, 1, 255, 255 });
        await client.IsClosedAsync();
    }
}

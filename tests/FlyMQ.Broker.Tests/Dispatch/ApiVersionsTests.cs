using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Tests.Dispatch;

public sealed class ApiVersionsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData(6)]
    [InlineData(77)]
    [InlineData(short.MaxValue)]
    [InlineData(-1)]
    public async Task An_unknown_version_is_answered_in_version_0_with_all_there_is(short version)
    {
        await using var client = await broker.ConnectAsync();
        // A request of the future: key, version, correlation id, client id, and a body that nobody here can read.
        await client.SendBytesAsync(new byte[] { 0, 0, 0, 17, 0, 18, (byte)(version >> 8), (byte)version, 0, 0, 0, 42, 0, 1, (byte)'c', 0, 9, 8, 7, 6, 5 });

        var response = await client.ReceiveAsync<ApiVersionsResponse>(42, 0);

        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        Assert.Equal(35, (short)response.ErrorCode);
        var own = Assert.Single(response.ApiKeys, a => a.ApiKey == ApiKey.ApiVersions);
        Assert.Equal((0, 5), (own.MinVersion, own.MaxVersion));
        // The client goes on with what it has learnt, on the same connection.
        Assert.Equal(ErrorCode.None, (await client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1" }, own.MaxVersion)).ErrorCode);
    }

    [Fact]
    public async Task What_is_advertised_are_the_stable_versions_of_exactly_what_has_a_handler()
    {
        await using var client = await broker.ConnectAsync();
        var advertised = (await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys;

        // Written out, so that an API that is added or lost by mistake is seen.
        Assert.Equal(
            [
                ApiKey.Produce, ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.Metadata, ApiKey.OffsetCommit, ApiKey.OffsetFetch, ApiKey.FindCoordinator, ApiKey.JoinGroup,
                ApiKey.Heartbeat, ApiKey.LeaveGroup, ApiKey.SyncGroup, ApiKey.DescribeGroups, ApiKey.ListGroups, ApiKey.SaslHandshake, ApiKey.ApiVersions,
                ApiKey.CreateTopics, ApiKey.DeleteTopics, ApiKey.DeleteRecords, ApiKey.InitProducerId, ApiKey.OffsetForLeaderEpoch, ApiKey.DescribeAcls,
                ApiKey.DescribeConfigs, ApiKey.AlterConfigs, ApiKey.DescribeLogDirs, ApiKey.CreatePartitions, ApiKey.DeleteGroups, ApiKey.ElectLeaders,
                ApiKey.IncrementalAlterConfigs, ApiKey.ListPartitionReassignments, ApiKey.OffsetDelete, ApiKey.DescribeClientQuotas,
                ApiKey.DescribeUserScramCredentials, ApiKey.DescribeQuorum, ApiKey.DescribeCluster, ApiKey.DescribeProducers, ApiKey.GetTelemetrySubscriptions,
                ApiKey.PushTelemetry, ApiKey.ListConfigResources, ApiKey.DescribeTopicPartitions,
            ],
            advertised.Select(a => a.ApiKey));
        Assert.All(advertised, a => Assert.Equal(ApiTable.Find(a.ApiKey)!.StableVersions, new VersionRange(a.MinVersion, a.MaxVersion)));
    }

    [Theory]
    [InlineData(ApiKey.Produce)]
    [InlineData(ApiKey.JoinGroup)]
    public async Task Old_librdkafka_takes_a_broker_for_ancient_unless_these_begin_at_0(ApiKey api)
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "librdkafka", ClientSoftwareVersion = "2.3.0" }, 3);
        Assert.Equal(0, Assert.Single(response.ApiKeys, a => a.ApiKey == api).MinVersion);
    }

    [Theory]
    [InlineData("", "1.0")]
    [InlineData("client", "")]
    [InlineData("-client", "1.0")]
    [InlineData("client", "1.0.")]
    [InlineData("my client", "1.0")]
    public async Task A_client_that_does_not_say_properly_who_it_is_is_refused(string name, string version)
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = version }, 3)).ErrorCode);
    }

    [Fact]
    public async Task A_client_that_meant_another_broker_is_sent_back_to_its_bootstrap_servers()
    {
        await using var client = await broker.ConnectAsync();
        var here = broker.Metadata.Image.ClusterIdText;
        async Task<ErrorCode> AskAsync(string? cluster, int node) => (await client.AskAsync(
            new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1", ClusterId = cluster, NodeId = node }, 5)).ErrorCode;

        Assert.Equal(ErrorCode.None, await AskAsync(here, TestBroker.NodeId));
        Assert.Equal(ErrorCode.None, await AskAsync(null, -1));
        Assert.Equal(ErrorCode.RebootstrapRequired, await AskAsync(here, TestBroker.NodeId + 1));
        Assert.Equal(ErrorCode.RebootstrapRequired, await AskAsync("another-cluster", TestBroker.NodeId));
        // One without the other names no broker (KIP-1242).
        Assert.Equal(ErrorCode.InvalidRequest, await AskAsync(here, -1));
        Assert.Equal(ErrorCode.InvalidRequest, await AskAsync(null, TestBroker.NodeId));
    }
}

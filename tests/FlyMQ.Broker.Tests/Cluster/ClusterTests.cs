using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Configs;

namespace FlyMQ.Broker.Tests.Cluster;

public sealed class ClusterTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData(1, ErrorCode.None)]
    [InlineData(2, ErrorCode.MismatchedEndpointType)]
    [InlineData(3, ErrorCode.UnsupportedEndpointType)]
    [InlineData(0, ErrorCode.UnsupportedEndpointType)]
    public async Task A_listener_of_brokers_describes_brokers(sbyte endpointType, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new DescribeClusterRequest { EndpointType = endpointType });
        Assert.Equal((expected, endpointType), (response.ErrorCode, response.EndpointType));
        Assert.Equal(expected == ErrorCode.None ? [TestBroker.NodeId] : [], response.Brokers.Select(b => b.BrokerId));
    }

    [Fact]
    public async Task Metadata_and_the_cluster_tell_the_same_id()
    {
        await using var client = await broker.ConnectAsync();
        var metadata = await client.AskAsync(new MetadataRequest { Topics = [] });
        Assert.Equal(broker.Metadata.Image.ClusterIdText, metadata.ClusterId);
        Assert.Equal((metadata.ClusterId, metadata.ControllerId), (await client.AskAsync(new DescribeClusterRequest())) is var cluster ? (cluster.ClusterId, cluster.ControllerId) : default);
    }

    [Fact]
    public async Task Of_all_partitions_only_those_that_need_an_election_are_told()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("led");
        var all = await client.AskAsync(new ElectLeadersRequest { TopicPartitions = null });
        Assert.Equal((ErrorCode.None, 0), (all.ErrorCode, all.ReplicaElectionResults.Count));
        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskAsync(new ElectLeadersRequest { ElectionType = 9, TopicPartitions = null })).ErrorCode);
    }

    [Fact]
    public async Task Log_folders_tell_all_partitions_or_those_asked_for()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("folders", partitions: 3);
        await client.AppendAsync("folders", Batches.OfSize(10_000), partition: 1);
        var all = Assert.Single((await client.AskAsync(new DescribeLogDirsRequest { Topics = null })).Results);
        var sizes = Assert.Single(all.Topics, t => t.Name == "folders").Partitions.ToDictionary(p => p.PartitionIndex, p => p.PartitionSize);
        Assert.Equal((3, 0L, true, 0L), (sizes.Count, sizes[0], sizes[1] > 10_000, sizes[2]));
        Assert.InRange(all.UsableBytes, 1, all.TotalBytes);

        var some = Assert.Single((await client.AskAsync(new DescribeLogDirsRequest { Topics = [new() { Topic = "folders", Partitions = [1, 9] }] })).Results);
        Assert.Equal([1], Assert.Single(some.Topics).Partitions.Select(p => p.PartitionIndex));
    }

    [Fact]
    public async Task What_can_have_a_configuration_is_listed_by_type()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("listed");
        async Task<ListConfigResourcesResponse> ListAsync(params sbyte[] types) => await client.AskAsync(new ListConfigResourcesRequest { ResourceTypes = [.. types] });

        Assert.Contains((await ListAsync(2)).ConfigResources, r => r is { ResourceName: "listed", ResourceType: 2 });
        var brokers = await ListAsync(4);
        Assert.Equal([("7", (sbyte)4)], brokers.ConfigResources.Select(r => (r.ResourceName, r.ResourceType)));
        Assert.Equal(ErrorCode.UnsupportedVersion, (await ListAsync(2, 99)).ErrorCode);
        // Client metrics are all that version 0 knows.
        Assert.Empty((await client.AskAsync(new ListConfigResourcesRequest(), 0)).ConfigResources);
    }
}

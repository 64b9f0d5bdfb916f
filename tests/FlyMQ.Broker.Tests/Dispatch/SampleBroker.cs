using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Tests.Dispatch;

/// <summary>A broker with what the samples ask about: a topic with three records, and a group's coordinator.</summary>
public sealed class SampleBroker : TestBroker, IAsyncLifetime
{
    public const string Topic = "sample", Group = "sample-group";
    private Dictionary<ApiKey, VersionRange> _advertised = [];

    public Guid TopicId { get; private set; }

    public bool Advertises(ApiKey api, short version) => _advertised.TryGetValue(api, out var versions) && versions.Contains(version);

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await using var client = await ConnectAsync();
        _advertised = (await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys.ToDictionary(a => a.ApiKey, a => new VersionRange(a.MinVersion, a.MaxVersion));
        TopicId = await client.CreateAsync(Topic, partitions: 2);
        await client.AppendAsync(Topic, Batches.Of("a", "b", "c"));
        Assert.Equal(ErrorCode.None, Assert.Single((await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = [Group] })).Coordinators).ErrorCode);
        var committed = await client.AskAsync(
            new OffsetCommitRequest { GroupId = Group, Topics = [new() { Name = Topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = 2 }] }] }, 9);
        Assert.Equal(ErrorCode.None, Assert.Single(Assert.Single(committed.Topics).Partitions).ErrorCode);
    }
}

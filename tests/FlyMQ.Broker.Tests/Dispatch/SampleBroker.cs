using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;

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
        await client.CommitAsync(Group, Topic, 2);
    }
}

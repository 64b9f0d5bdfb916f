using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Tests.Topics;

public sealed class TopicCreationTests
{
    [Fact]
    public async Task Who_comes_while_a_topic_is_created_waits_for_its_partitions_too()
    {
        var metadata = new InMemoryMetadataQuorum(1);
        await metadata.ProposeAsync(new RegisterBroker(Guid.NewGuid(), 1, Guid.NewGuid(), [], null, StartFenced: false));
        var local = new SlowPartitions();
        var creation = new TopicCreation(metadata, local, new TopicDefaults { NumPartitions = 1, ReplicationFactor = 1 }, Guid.NewGuid);
        var first = creation.EnsureAsync("orders", CancellationToken.None).AsTask();
        Assert.NotNull(metadata.Image.TopicOrNull("orders"));
        var second = creation.EnsureAsync("orders", CancellationToken.None).AsTask();
        Assert.False(first.IsCompleted);
        Assert.False(second.IsCompleted);
        local.Reached.SetResult();
        Assert.Equal([ErrorCode.None, ErrorCode.None], await Task.WhenAll(first, second));
        // There for good: nobody waits any more.
        Assert.True(creation.EnsureAsync("orders", CancellationToken.None).IsCompletedSuccessfully);
    }

    private sealed class SlowPartitions : ILocalPartitions
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask WaitForAsync(long imageVersion, CancellationToken cancellation) => new(Reached.Task);
    }
}

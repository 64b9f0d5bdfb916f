using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Metadata.Raft;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Metadata.Tests.Raft;

public sealed class SingleNodeTests
{
    private readonly Some _some = new();

    private static Task<RaftMetadataQuorum> Start(TempFolder folder, int snapshotEvery = 10_000) => RaftMetadataQuorum.StartAsync(
        new RaftOptions { NodeId = 1, Folder = folder.Path, Listen = FreePort.Next(), SnapshotEveryCommands = snapshotEvery },
        TimeProvider.System,
        NullLoggerFactory.Instance,
        (reason, error) => throw new InvalidOperationException(reason, error));

    [Fact]
    public async Task A_single_node_leads_at_once_and_answers_what_the_state_machine_said()
    {
        using var folder = new TempFolder();
        await using var quorum = await Start(folder);

        Assert.Equal(1, quorum.LeaderId);
        Assert.True((await quorum.ProposeAsync(_some.Broker(1))).IsOk);
        var created = await quorum.ProposeAsync(_some.Topic("orders", [1], [1]));
        var again = await quorum.ProposeAsync(_some.Topic("orders", [1]));

        Assert.Equal("orders", quorum.Image.TopicOrNull(created.Items[0].TopicId)!.Name);
        Assert.Equal(Protocol.ErrorCode.TopicAlreadyExists, again.Items[0].Error);
        Assert.Equal(1, quorum.ElectionsTotal);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(7)]
    public async Task A_restart_keeps_everything(int snapshotEvery)
    {
        using var folder = new TempFolder();
        ReadOnlyMemory<byte> before;
        await using (var quorum = await Start(folder, snapshotEvery))
        {
            await quorum.ProposeAsync(_some.Broker(1));
            for (var i = 0; i < 50; i++)
            {
                Assert.True((await quorum.ProposeAsync(_some.Topic($"topic-{i}", [1], [1]))).IsOk);
            }

            before = ImageCodec.Encode(quorum.Image);
        }

        for (var restart = 0; restart < 3; restart++)
        {
            await using var quorum = await Start(folder, snapshotEvery);
            Assert.Equal(before.ToArray(), ImageCodec.Encode(quorum.Image).ToArray());
        }
    }

    [Fact]
    public async Task Followers_of_the_image_see_every_change_in_order_and_begin_with_what_is_there()
    {
        using var folder = new TempFolder();
        await using var quorum = await Start(folder);
        await quorum.ProposeAsync(_some.Broker(1));
        await quorum.ProposeAsync(_some.Topic("first", [1]));

        var seen = new List<ClusterChange>();
        var names = new HashSet<string>();
        var complete = new TaskCompletionSource();
        using var subscription = quorum.Subscribe(change =>
        {
            seen.Add(change);
            names.UnionWith(change.Topics.Select(id => change.After.TopicOrNull(id)!.Name));
            if (names.Count == 101)
            {
                complete.TrySetResult();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => quorum.ProposeAsync(_some.Topic($"topic-{i}", [1])).AsTask()));
        await complete.Task.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Same(ClusterImage.Empty, seen[0].Before);
        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.Same(pair.First.After, pair.Second.Before));
    }

    [Fact]
    public async Task A_command_proposed_twice_is_applied_once()
    {
        using var folder = new TempFolder();
        await using var quorum = await Start(folder);
        await quorum.ProposeAsync(_some.Broker(1));
        var command = new AllocateProducerIds(_some.Id(), 1, quorum.Image.Brokers[1].Epoch);

        var first = await quorum.ProposeAsync(command);
        var second = await quorum.ProposeAsync(command);

        Assert.Equal((0, 0, 1000), (first.Value, second.Value, quorum.Image.NextProducerId));
    }
}

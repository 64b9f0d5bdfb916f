using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Coordination.Tests;

/// <summary>What groups are in numbers, and what their members read.</summary>
public class FiguresTests
{
    [Fact]
    public void A_generation_counts_when_its_members_have_their_assignments()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.Join();
        Assert.Equal((1, 0), Figures(scene));
        scene.Pass(3000);
        // Joined, and nobody knows yet what to read.
        Assert.Equal((1, 0), Figures(scene));
        a.Sync();
        Assert.Equal((1, 1), Figures(scene));
        b.Join();
        a.Join();
        a.Sync();
        b.Sync();
        Assert.Equal((2, 2), Figures(scene));
        a.Leave();
        b.Join();
        b.Sync();
        Assert.Equal((1, 3), Figures(scene));
        b.Leave();
        // Without members there is nothing to complete.
        Assert.Equal((0, 3), Figures(scene));
    }

    [Fact]
    public void Loading_a_log_counts_nothing_again()
    {
        var scene = new Scene();
        scene.Settle(scene.Client("a"));
        Assert.Equal(1, scene.Shard.Figures()[0].Rebalances);
        scene.Reload();
        Assert.Equal((1, 0), Figures(scene));
    }

    [Fact]
    public void Assignments_of_consumers_are_read_and_what_cannot_be_read_is_none()
    {
        var shard = new GroupShard(new GroupOptions(), Guid.NewGuid);
        shard.Apply(Record("g", "consumer", Assignment(("orders", [0, 2]), ("payments", [1]))), nowMs: 0);
        shard.Apply(Record("other", "connect", Assignment(("orders", [0]))), nowMs: 0);
        shard.Apply(Record("odd", "consumer", [0, 1, 255, 255, 255]), nowMs: 0);
        shard.Apply(Record("newer", "consumer", [127, 0, 0, 0]), nowMs: 0);
        Assert.Equal(
            [new("orders", 0, "client", "/10.0.0.1"), new("orders", 2, "client", "/10.0.0.1"), new("payments", 1, "client", "/10.0.0.1")],
            shard.AssignedOf("g"));
        Assert.Empty(shard.AssignedOf("other"));
        Assert.Empty(shard.AssignedOf("odd"));
        Assert.Empty(shard.AssignedOf("newer"));
        Assert.Empty(shard.AssignedOf("none"));
    }

    private static (int Members, long Rebalances) Figures(Scene scene)
    {
        var figures = Assert.Single(scene.Shard.Figures());
        return (figures.Members, figures.Rebalances);
    }

    private static byte[] Assignment(params (string Topic, int[] Partitions)[] topics) => VersionPrefixed.Encode(
        new ConsumerProtocolAssignment { AssignedPartitions = [.. topics.Select(t => new ConsumerProtocolAssignment.TopicPartition { Topic = t.Topic, Partitions = [.. t.Partitions] })] },
        0);

    private static GroupRecord Record(string group, string protocolType, byte[] assignment) => new(group, new Protocol.Messages.Coordinator.GroupMetadataValue
    {
        ProtocolType = protocolType,
        Generation = 1,
        Protocol = "range",
        Leader = "m",
        Members = [new() { MemberId = "m", ClientId = "client", ClientHost = "/10.0.0.1", SessionTimeout = 1000, Assignment = assignment, Subscription = [] }],
    });
}

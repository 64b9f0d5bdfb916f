using FlyMQ.Coordination.Groups;
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

    [Fact]
    public void What_began_a_rebalance_is_counted_when_it_begins_and_how_long_it_took_when_it_is_done()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.Join();
        Assert.Equal("Join 1", Reasons(scene));
        Assert.Equal((GroupState.PreparingRebalance, (long?)null), State(scene));
        scene.Pass(3000);
        Assert.Equal((GroupState.CompletingRebalance, null), State(scene));
        scene.Pass(500);
        a.Sync();
        Assert.Equal((GroupState.Stable, 3500), State(scene));

        // Who comes while a rebalance is under way makes none of his own, but for one who comes when all others have joined: that one lasts since it began first.
        b.Join();
        scene.Pass(1000);
        a.Join();
        Assert.Equal("Join 2", Reasons(scene));
        scene.Pass(200);
        b.Reads("payments");
        b.Join();
        Assert.Equal("Join 2, MetadataChanged 1", Reasons(scene));
        a.Join();
        scene.Pass(300);
        a.Sync();
        b.Sync();
        Assert.Equal((GroupState.Stable, 1500), State(scene));
        Assert.Equal(5000, Assert.Single(scene.Shard.Figures()).Counters.RebalanceMs);

        // The leader asks with nothing new; nobody leaves by itself; the last one that goes leaves nothing to balance.
        a.Join();
        b.Join();
        a.Sync();
        b.Sync();
        Assert.Equal("Join 2, LeaderRejoined 1, MetadataChanged 1", Reasons(scene));
        b.Leave();
        a.Join();
        a.Sync();
        Assert.Equal("Join 2, LeaderRejoined 1, Leave 1, MetadataChanged 1", Reasons(scene));
        a.Leave();
        Assert.Equal("Join 2, LeaderRejoined 1, Leave 1, MetadataChanged 1", Reasons(scene));
        Assert.Equal((GroupState.Empty, 0), State(scene));
    }

    [Fact]
    public void Members_that_fall_silent_are_another_reason_than_members_that_leave()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        b.SessionTimeoutMs = 6000;
        scene.Settle(a, b);
        scene.Pass(5000);
        a.Heartbeat();
        scene.Pass(2000);
        Assert.Equal("HeartbeatExpired 1, Join 1", Reasons(scene));
        // The next one comes, which is part of the same, and lives, but never asks for its assignment.
        var c = scene.Client("c");
        c.Join();
        a.Join();
        a.Sync();
        for (var i = 0; i < 8; i++)
        {
            scene.Pass(8000);
            a.Heartbeat();
            c.Heartbeat();
        }

        Assert.Equal("HeartbeatExpired 1, Join 1, SyncExpired 1", Reasons(scene));
    }

    [Fact]
    public void A_static_member_that_comes_back_with_news_is_a_reason_of_its_own()
    {
        var scene = new Scene();
        scene.Settle(scene.Client("a"), scene.Static("b"));
        scene.Static("b").Join();
        Assert.Equal("Join 1", Reasons(scene));
        scene.Static("b").Reads("payments").Join();
        Assert.Equal("Join 1, StaticMemberChanged 1", Reasons(scene));
    }

    [Fact]
    public void Groups_that_are_counted_together_share_what_is_counted_and_a_log_is_loaded_without_asking()
    {
        List<string> asked = [];
        var together = new GroupCounters();
        var shard = new GroupShard(new GroupOptions(), Guid.NewGuid, group =>
        {
            asked.Add(group);
            return together;
        });
        shard.Apply(Record("g", "consumer", []), nowMs: 0);
        shard.Apply(new GroupRecord("g", null), nowMs: 0);
        shard.Apply(Record("h", "consumer", []), nowMs: 0);
        Assert.Empty(asked);
        Assert.Same(together, Assert.Single(shard.Figures()).Counters);
        Assert.Equal(["h"], asked);
    }

    [Fact]
    public void Partitions_that_are_assigned_and_were_never_committed_are_told_and_when_there_was_a_commit()
    {
        var shard = new GroupShard(new GroupOptions(), Guid.NewGuid);
        shard.Apply(Record("g", "consumer", Assignment(("orders", [0, 2]), ("payments", [1]))), nowMs: 0);
        var before = Assert.Single(shard.Figures());
        Assert.Equal([("orders", 0), ("orders", 2), ("payments", 1)], before.Uncommitted);
        Assert.Null(before.LastCommitMs);

        Commit("orders", 2, 5000);
        Commit("payments", 0, 4000);
        var after = Assert.Single(shard.Figures());
        Assert.Equal([("orders", 0), ("payments", 1)], after.Uncommitted);
        Assert.Equal(5000, after.LastCommitMs);

        // Another assignment, and nothing is uncommitted any more.
        shard.Apply(Record("g", "consumer", Assignment(("payments", [0]))), nowMs: 0);
        Assert.Empty(Assert.Single(shard.Figures()).Uncommitted);

        void Commit(string topic, int partition, long timestampMs) => shard.Apply(
            new OffsetRecord("g", topic, partition, new Protocol.Messages.Coordinator.OffsetCommitValue { Offset = 1, CommitTimestamp = timestampMs }), nowMs: 0);
    }

    private static string Reasons(Scene scene) => string.Join(", ", Enum.GetValues<RebalanceReason>()
        .Select(r => (Reason: r.ToString(), Begun: Assert.Single(scene.Shard.Figures()).Counters.Begun(r)))
        .Where(r => r.Begun > 0).OrderBy(r => r.Reason, StringComparer.Ordinal).Select(r => $"{r.Reason} {r.Begun}"));

    private static (GroupState State, long? LastRebalanceMs) State(Scene scene)
    {
        var figures = Assert.Single(scene.Shard.Figures());
        return (figures.State, figures.LastRebalanceMs);
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

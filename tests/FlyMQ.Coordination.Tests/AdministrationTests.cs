using FlyMQ.Protocol;

namespace FlyMQ.Coordination.Tests;

public class AdministrationTests
{
    [Fact]
    public void A_group_is_deleted_with_its_offsets_once_nobody_is_in_it()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        ErrorCode Delete() => scene.Decide(effects => scene.Shard.DeleteGroup("g", effects));

        Assert.Equal(ErrorCode.GroupIdNotFound, Delete());
        a.Join();
        Assert.Equal(ErrorCode.NonEmptyGroup, Delete());
        scene.Pass(3000);
        Assert.Equal(ErrorCode.NonEmptyGroup, Delete());
        a.Sync();
        Assert.Equal(ErrorCode.NonEmptyGroup, Delete());
        a.Commit("orders", 0, 5);
        a.Leave();
        scene.Commit("h", "orders", 0, 6);
        Assert.Equal(ErrorCode.None, Delete());
        Assert.Equal(ErrorCode.GroupIdNotFound, Delete());
        Assert.Equal(("", "h Empty"), (scene.Offsets("g"), scene.Groups()));
        Assert.Equal((1, 1), (scene.Replayed().GroupCount, scene.Replayed(compacted: true).GroupCount));
        // Its successor begins anew.
        scene.Settle(scene.Client("a"));
        Assert.Equal("", scene.Offsets("g"));
    }

    [Fact]
    public void Groups_are_listed_with_their_state_and_type()
    {
        var scene = new Scene();
        var (stable, completing, preparing) = (scene.Client("a", "stable"), scene.Client("b", "completing"), scene.Client("c", "preparing"));
        scene.Settle(stable);
        completing.ProtocolType = "connect";
        completing.Join();
        scene.Pass(3000);
        preparing.Join();
        scene.Commit("simple", "orders", 0, 5);
        Assert.Equal(
            ["completing connect CompletingRebalance", "preparing consumer PreparingRebalance", "simple  Empty", "stable consumer Stable"],
            scene.Shard.List().Select(g => $"{g.GroupId} {g.ProtocolType} {g.State}").Order(StringComparer.Ordinal));
        Assert.Equal(4, scene.Shard.GroupCount);
    }

    [Fact]
    public void A_stable_group_is_described_with_what_its_members_read_and_work_on()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        Assert.Null(scene.Shard.Describe("g"));
        a.Join();
        b.Join();
        Assert.Equal("g PreparingRebalance consumer  | a#1  a host 0 0 | B#2 B b host 0 0", Described(scene));
        scene.Pass(6000);
        Assert.Equal("g CompletingRebalance consumer  | a#1  a host 0 0 | B#2 B b host 0 0", Described(scene));
        a.Sync();
        Assert.Equal("g Stable consumer range | a#1  a host 22 5 | B#2 B b host 22 5", Described(scene));
        scene.Reload();
        Assert.Equal("g Stable consumer range | a#1  a host 22 5 | B#2 B b host 22 5", Described(scene));
        a.Leave();
        Assert.Equal("g PreparingRebalance consumer  | B#2 B b host 0 0", Described(scene));
        b.Leave();
        Assert.Equal("g Empty consumer ", Described(scene));
    }

    [Fact]
    public void What_was_chosen_last_is_described_also_after_loading()
    {
        var scene = new Scene();
        var a = scene.Client("a").Supports("range", "roundrobin");
        scene.Settle(a);
        a.Supports("roundrobin", "range").Reads("orders", "payments").Join();
        a.Sync();
        Assert.Equal("g Stable consumer roundrobin | a#1  a host 32 5", Described(scene));
        scene.Reload();
        Assert.Equal("g Stable consumer roundrobin | a#1  a host 32 5", Described(scene));
    }

    /// <summary>Id, state, type and protocol; of each member its id, instance, client, host, and the lengths of subscription and assignment.</summary>
    private static string Described(Scene scene)
    {
        var group = scene.Shard.Describe("g")!;
        Assert.Equal(ErrorCode.None, group.ErrorCode);
        var members = group.Members.Select(
            m => $" | {Scene.Shorten(m.MemberId)} {m.GroupInstanceId} {m.ClientId} {m.ClientHost} {m.MemberMetadata.Length} {m.MemberAssignment.Length}");
        return $"{group.GroupId} {group.GroupState} {group.ProtocolType} {group.ProtocolData}{string.Concat(members)}";
    }
}

namespace FlyMQ.Coordination.Tests;

/// <summary>KIP-345, KIP-814.</summary>
public class StaticMemberTests
{
    [Fact]
    public void A_static_member_needs_no_id_to_begin_with()
    {
        var scene = new Scene();
        var a = new Client(scene, "a", "g") { InstanceId = "A", RequiresKnownMemberId = true };
        a.Join();
        scene.Pass(3000);
        scene.Tells("""
            a joins
            3000 ms
              a: A#1 in generation 1, range, leads A#1
            """);
    }

    [Fact]
    public void Who_comes_back_takes_its_place_and_the_others_notice_nothing()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        scene.Settle(a, b);
        var again = scene.Static("b");
        scene.Pass(9000);
        a.Heartbeat();
        again.Join();
        again.Sync();
        a.Heartbeat();
        scene.Pass(9000);
        again.Heartbeat();
        b.Heartbeat();
        b.Sync();
        b.Commit("orders", 0, 1);
        b.Join();
        b.Leave();
        scene.Tells("""
            9000 ms
            a heartbeats: None
            b joins
              b: B#3 in generation 1, range, follows a#1
            b syncs
              b: gets B#2@1
            a heartbeats: None
            9000 ms
            b heartbeats: None
            b heartbeats: FencedInstanceId
            b syncs
              b: FencedInstanceId
            b commits orders-0=1: FencedInstanceId
            b joins as B#2
              b: FencedInstanceId
            b leaves: FencedInstanceId
            """);
        Assert.Equal(["a#1", "B#3"], scene.Shard.Describe("g")!.Members.Select(m => Scene.Shorten(m.MemberId)));
    }

    [Fact]
    public void A_leader_that_comes_back_has_nothing_to_assign()
    {
        var scene = new Scene();
        var (a, b) = (scene.Static("a"), scene.Static("b"));
        scene.Settle(a, b);
        var again = scene.Static("a");
        again.Join();
        again.Sync();
        b.Heartbeat();
        scene.Tells("""
            a joins
              a: A#3 in generation 1, range, leads A#3 B#2, has nothing to assign
            a syncs
              a: gets A#1@1
            b heartbeats: None
            """);
    }

    [Fact]
    public void An_old_leader_that_comes_back_is_not_told_that_it_leads()
    {
        var scene = new Scene();
        var a = scene.Static("a");
        scene.Settle(a);
        var again = new Client(scene, "a", "g") { InstanceId = "A", KnowsSkipAssignment = false };
        again.Join();
        again.Sync();
        // It does lead: that it joins is a reason to rebalance.
        again.Join();
        scene.Tells("""
            a joins
              a: A#2 in generation 1, range, follows A#1
            a syncs
              a: gets A#1@1
            a joins as A#2
              a: A#2 in generation 2, range, leads A#2
            """);
    }

    [Fact]
    public void Who_comes_back_with_news_makes_the_others_come_again()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        scene.Settle(a, b);
        scene.Static("b").Reads("payments").Join();
        a.Heartbeat();
        a.Join();
        scene.Tells("""
            b joins
            a heartbeats: RebalanceInProgress
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1 B#3
              b: B#3 in generation 2, range, follows a#1
            """);
    }

    [Fact]
    public void Who_comes_back_with_another_preference_makes_the_others_come_again()
    {
        var scene = new Scene();
        var a = scene.Static("a").Supports("range", "roundrobin");
        scene.Settle(a, scene.Client("b").Supports("roundrobin", "range"));
        Assert.Equal("range", scene.Shard.Describe("g")!.ProtocolData);
        scene.Static("a").Supports("roundrobin", "range").Join();
        Assert.Equal("g PreparingRebalance", scene.Groups());
    }

    [Fact]
    public void Who_waits_in_the_place_of_another_is_fenced()
    {
        var scene = new Scene();
        var (a, b) = (scene.Static("a"), scene.Static("b"));
        a.Join();
        scene.Static("a").Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        scene.Static("b").Join();
        scene.Tells("""
            a joins
            a joins
              a: FencedInstanceId
            b joins
            6000 ms
              a: A#2 in generation 1, range, leads A#2 B#3
              b: B#3 in generation 1, range, follows A#2
            b syncs
            b joins
              b: FencedInstanceId
            """);
    }

    [Fact]
    public void A_place_taken_while_assignments_are_awaited_is_a_reason_to_rebalance()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        a.Join();
        b.Join();
        scene.Pass(6000);
        scene.Static("b").Join();
        a.Sync();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 B#2
              b: B#2 in generation 1, range, follows a#1
            b joins
            a syncs
              a: RebalanceInProgress
            """);
    }

    [Fact]
    public void A_static_member_has_its_place_until_its_session_ends()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        b.SessionTimeoutMs = 100_000;
        scene.Settle(a, b);
        a.Join();
        scene.Pass(60_000);
        a.Sync();
        scene.Tells("""
            a joins as a#1
            60000 ms
              a: a#1 in generation 2, range, leads a#1 B#2
            a syncs
              a: gets a#1@2
            """);
        // A new session began with the generation.
        for (var passed = 0; passed < 99_000; passed += 9000)
        {
            scene.Pass(9000);
            a.Heartbeat();
        }

        Assert.Equal("g Stable", scene.Groups());
        scene.Pass(1000);
        Assert.Equal("g PreparingRebalance", scene.Groups());
        Assert.Equal("a", Assert.Single(scene.Shard.Describe("g")!.Members).ClientId);
    }

    [Fact]
    public void A_static_member_that_missed_a_generation_asks_for_what_it_was_assigned_in_it()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        b.SessionTimeoutMs = 100_000;
        scene.Settle(a, b);
        a.Join();
        scene.Pass(60_000);
        a.Sync();
        b.Heartbeat();
        b.Join();
        b.Sync();
        a.Heartbeat();
        scene.Tells("""
            a joins as a#1
            60000 ms
              a: a#1 in generation 2, range, leads a#1 B#2
            a syncs
              a: gets a#1@2
            b heartbeats: IllegalGeneration
            b joins as B#2
              b: B#2 in generation 2, range, follows a#1
            b syncs
              b: gets B#2@2
            a heartbeats: None
            """);
    }

    [Fact]
    public void A_static_leader_that_does_not_come_again_leads_no_more()
    {
        var scene = new Scene();
        var (a, b) = (scene.Static("a"), scene.Client("b"));
        a.SessionTimeoutMs = 100_000;
        scene.Settle(a, b);
        b.Reads("payments").Join();
        scene.Pass(60_000);
        a.Join();
        scene.Tells("""
            b joins as b#2
            60000 ms
              b: b#2 in generation 2, range, leads A#1 b#2
            a joins as A#1
              a: A#1 in generation 2, range, follows b#2
            """);
    }

    [Fact]
    public void When_only_static_members_are_left_their_sessions_decide()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Static("a"), scene.Static("b"), scene.Client("c"));
        (a.SessionTimeoutMs, b.SessionTimeoutMs) = (100_000, 200_000);
        scene.Settle(a, b);
        c.Join();
        c.MemberId = "c-00000000-0000-0000-0000-000000000003";
        c.Leave();
        scene.Pass(60_000);
        Assert.Equal("g PreparingRebalance", scene.Groups());
        b.Heartbeat();
        scene.Pass(40_000);
        Assert.Equal("b", Assert.Single(scene.Shard.Describe("g")!.Members).ClientId);
        b.Join();
        scene.Tells("""
            c joins
              c: UnknownMemberId
            c leaves: None
            60000 ms
            b heartbeats: RebalanceInProgress
            40000 ms
            b joins as B#2
              b: B#2 in generation 2, range, leads B#2
            """);
    }

    [Fact]
    public void A_static_member_that_is_alone_in_coming_back_is_answered_after_another_rebalance_timeout()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Static("a"), scene.Static("b"), scene.Client("c"));
        (a.SessionTimeoutMs, b.SessionTimeoutMs) = (500_000, 500_000);
        scene.Settle(a, b, c);
        c.Leave();
        scene.Pass(60_000);
        b.Join();
        scene.Pass(59_999);
        Assert.Equal(1, b.Waiting);
        scene.Pass(1);
        scene.Tells("""
            c leaves: None
            60000 ms
            b joins as B#2
            59999 ms
            1 ms
              b: B#2 in generation 2, range, leads A#1 B#2
            """);
    }

    [Fact]
    public void Instances_are_known_by_their_members()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Static("a"), scene.Static("b"), scene.Client("c"));
        scene.Settle(a, c);
        b.MemberId = a.MemberId;
        b.Join();
        b.Heartbeat();
        b.Leave();
        var impostor = scene.Static("a");
        impostor.MemberId = "x";
        impostor.Join();
        impostor.Heartbeat();
        impostor.Leave();
        impostor.MemberId = c.MemberId;
        impostor.Heartbeat();
        impostor.Leave();
        scene.Tells("""
            b joins as A#1
              b: UnknownMemberId
            b heartbeats: UnknownMemberId
            b leaves: UnknownMemberId
            a joins as x
              a: FencedInstanceId
            a heartbeats: FencedInstanceId
            a leaves: FencedInstanceId
            a heartbeats: FencedInstanceId
            a leaves: FencedInstanceId
            """);
    }

    [Fact]
    public void Who_comes_back_has_a_session_of_its_own()
    {
        var scene = new Scene();
        scene.Settle(scene.Static("a"));
        scene.Pass(9_999);
        scene.Static("a").Join();
        scene.Pass(9_999);
        Assert.Equal("g Stable", scene.Groups());
        scene.Pass(1);
        Assert.Equal("g Empty", scene.Groups());
    }

    [Fact]
    public void An_administrator_removes_members_by_their_instances()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Static("a"), scene.Static("b"), scene.Static("c"));
        scene.Settle(a, b, c);
        b.Leave(byInstance: true);
        c.Leave();
        c.Leave(byInstance: true);
        a.Heartbeat();
        a.Join();
        scene.Tells("""
            b leaves: None
            c leaves: None
            c leaves: UnknownMemberId
            a heartbeats: RebalanceInProgress
            a joins as A#1
              a: A#1 in generation 2, range, leads A#1
            """);
    }

    [Fact]
    public void Several_leave_at_once()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Static("a"), scene.Client("b"), scene.Static("c"));
        scene.Settle(a, b, c);
        var errors = scene.Decide(effects => new[]
        {
            scene.Shard.Leave("g", "", "A", effects, scene.Now),
            scene.Shard.Leave("g", b.MemberId, null, effects, scene.Now),
            scene.Shard.Leave("g", "", "X", effects, scene.Now),
            scene.Shard.Leave("g", a.MemberId, "C", effects, scene.Now),
            scene.Shard.Leave("g", c.MemberId, "C", effects, scene.Now),
        });
        Assert.Equal("None, None, UnknownMemberId, FencedInstanceId, None", string.Join(", ", errors));
        Assert.Equal("g Empty", scene.Groups());
        scene.Static("a").Join();
        scene.Pass(3000);
        scene.Tells("""
            a joins
            3000 ms
              a: A#4 in generation 3, range, leads A#4
            """);
    }

    [Fact]
    public void A_place_is_known_again_after_loading()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Static("b"));
        scene.Settle(a, b);
        scene.Static("b").Join();
        scene.Reload();
        b.Heartbeat();
        var again = scene.Static("b");
        again.Join();
        again.Sync();
        a.Heartbeat();
        scene.Tells("""
            b joins
              b: B#3 in generation 1, range, follows a#1
            the shard is loaded again
            b heartbeats: FencedInstanceId
            b joins
              b: B#4 in generation 1, range, follows a#1
            b syncs
              b: gets B#2@1
            a heartbeats: None
            """);
    }

    [Fact]
    public void A_full_group_still_takes_back_its_own()
    {
        var scene = new Scene(new GroupOptions { MaxSize = 1 });
        scene.Settle(scene.Static("a"));
        scene.Static("b").Join();
        scene.Static("a").Join();
        scene.Tells("""
            b joins
              b: GroupMaxSizeReached
            a joins
              a: A#3 in generation 1, range, leads A#3, has nothing to assign
            """);
    }
}

namespace FlyMQ.Coordination.Tests;

/// <summary>What time does to groups: the delay of a first rebalance, sessions, rebalances that go on without the missing.</summary>
public class TimeTests
{
    [Fact]
    public void A_first_rebalance_waits_as_long_as_members_keep_coming()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        a.Join();
        scene.Pass(2000);
        b.Join();
        scene.Pass(3999);
        c.Join();
        // 3000 after the last delay ended, not after the last member came.
        scene.Pass(3000);
        Assert.Equal(3, a.Waiting + b.Waiting + c.Waiting);
        scene.Pass(1);
        scene.Tells("""
            a joins
            2000 ms
            b joins
            3999 ms
            c joins
            3000 ms
            1 ms
              a: a#1 in generation 1, range, leads a#1 b#2 c#3
              b: b#2 in generation 1, range, follows a#1
              c: c#3 in generation 1, range, follows a#1
            """);
    }

    [Fact]
    public void A_first_rebalance_takes_no_longer_than_any_other()
    {
        var scene = new Scene();
        var clients = Enumerable.Range(0, 6).Select(i => scene.Client($"{(char)('a' + i)}")).ToList();
        foreach (var client in clients)
        {
            client.RebalanceTimeoutMs = 7000;
            client.Join();
            scene.Pass(1400);
        }

        // 3000 + 3000 + 1000
        Assert.Equal([1, 1, 1, 1, 1, 0], clients.Select(client => client.Generation < 0 ? 0 : client.Generation));
    }

    [Fact]
    public void Without_a_delay_the_first_member_has_its_group_at_once()
    {
        var scene = new Scene(new GroupOptions { InitialRebalanceDelayMs = 0 });
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.Join();
        b.Join();
        a.Sync();
        a.Join();
        scene.Tells("""
            a joins
              a: a#1 in generation 1, range, leads a#1
            b joins
            a syncs
              a: RebalanceInProgress
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            """);
    }

    [Fact]
    public void Only_a_first_rebalance_is_delayed()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        scene.Settle(a);
        a.Join();
        scene.Tells("""
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1
            """);
    }

    [Fact]
    public void Who_leaves_during_the_delay_leaves_an_empty_group()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        a.Join();
        a.MemberId = "a-00000000-0000-0000-0000-000000000001";
        a.Leave();
        scene.Tells("""
            a joins
              a: UnknownMemberId
            a leaves: None
            """);
        Assert.Equal("g Empty", scene.Groups());
    }

    [Fact]
    public void Who_does_not_come_again_in_time_is_left_behind()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        scene.Settle(a, b);
        c.Join();
        b.Join();
        for (var i = 0; i < 11; i++)
        {
            scene.Pass(5000);
            a.Heartbeat();
        }

        scene.Pass(4999);
        Assert.Equal((1, 1), (b.Waiting, c.Waiting));
        scene.Pass(1);
        a.Heartbeat();
        a.Join();
        scene.Tells($"""
            c joins
            b joins as b#2
            {string.Join('\n', Enumerable.Repeat("5000 ms\na heartbeats: RebalanceInProgress", 11))}
            4999 ms
            1 ms
              b: b#2 in generation 2, range, leads b#2 c#3
              c: c#3 in generation 2, range, follows b#2
            a heartbeats: UnknownMemberId
            a joins as a#1
              a: UnknownMemberId
            """);
    }

    [Fact]
    public void The_most_patient_member_says_how_long_a_rebalance_may_take()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        (a.RebalanceTimeoutMs, b.RebalanceTimeoutMs, a.SessionTimeoutMs) = (20_000, 30_000, 100_000);
        c.RebalanceTimeoutMs = 10_000;
        scene.Settle(a, b);
        c.Join();
        b.Join();
        scene.Pass(29_999);
        Assert.Equal(1, b.Generation);
        scene.Pass(1);
        Assert.Equal((2, 2), (b.Generation, c.Generation));
    }

    [Fact]
    public void Without_a_rebalance_timeout_the_session_is_the_measure()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        // As JoinGroup 0 says it.
        (a.RebalanceTimeoutMs, a.SessionTimeoutMs, b.RebalanceTimeoutMs, b.SessionTimeoutMs) = (-1, 20_000, -1, 8000);
        scene.Settle(a);
        b.Join();
        scene.Pass(10_000);
        a.Heartbeat();
        scene.Pass(9_999);
        Assert.Equal(-1, b.Generation);
        scene.Pass(1);
        Assert.Equal(2, b.Generation);
    }

    [Fact]
    public void Silence_ends_a_session()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a, b);
        scene.Pass(9_999);
        a.Heartbeat();
        scene.Pass(1);
        a.Heartbeat();
        b.Heartbeat();
        scene.Pass(9_999);
        Assert.Equal("g PreparingRebalance", scene.Groups());
        scene.Pass(1);
        Assert.Equal("g Empty", scene.Groups());
        scene.Tells("""
            9999 ms
            a heartbeats: None
            1 ms
            a heartbeats: RebalanceInProgress
            b heartbeats: UnknownMemberId
            9999 ms
            1 ms
            """);
    }

    [Fact]
    public void Heartbeats_commits_and_syncs_keep_a_session()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        scene.Settle(a);
        scene.Pass(9_999);
        a.Heartbeat();
        scene.Pass(9_999);
        a.Commit("orders", 0, 1);
        scene.Pass(9_999);
        a.Sync();
        scene.Pass(9_999);
        Assert.Equal("g Stable", scene.Groups());
        scene.Pass(1);
        Assert.Equal("g Empty", scene.Groups());
    }

    [Fact]
    public void Who_waits_for_the_others_sends_no_heartbeats()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        b.SessionTimeoutMs = 50_000;
        scene.Settle(a, b);
        a.Join();
        scene.Pass(40_000);
        b.Join();
        a.Sync();
        scene.Tells("""
            a joins as a#1
            40000 ms
            b joins as b#2
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            a syncs
              a: gets a#1@2
            """);
    }

    [Fact]
    public void Who_waits_for_its_assignment_sends_no_heartbeats()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.SessionTimeoutMs = 50_000;
        a.Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        scene.Pass(40_000);
        a.Sync();
        Assert.Equal("b#2@1", b.Assignment);
        // A new session begins with the assignment.
        scene.Pass(9_999);
        Assert.Equal("g Stable", scene.Groups());
        scene.Pass(1);
        Assert.Equal("g PreparingRebalance", scene.Groups());
    }

    [Fact]
    public void A_new_member_is_waited_with_for_five_minutes()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        (a.RebalanceTimeoutMs, a.SessionTimeoutMs) = (1_000_000, 1_000_000);
        scene.Settle(a);
        b.Join();
        scene.Pass(299_999);
        Assert.Equal(1, b.Waiting);
        scene.Pass(1);
        a.Join();
        scene.Tells("""
            b joins
            299999 ms
            1 ms
              b: UnknownMemberId
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1
            """);
    }

    [Fact]
    public void A_new_member_that_asks_again_is_waited_with_no_less()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), new Client(scene, "b", "g") { RequiresKnownMemberId = true });
        (a.RebalanceTimeoutMs, a.SessionTimeoutMs) = (1_000_000, 1_000_000);
        scene.Settle(a);
        b.Join();
        b.Join();
        b.Join();
        scene.Pass(200_000);
        a.Join();
        scene.Tells("""
            b joins
              b: MemberIdRequired
            b joins as b#2
            b joins as b#2
              b: RebalanceInProgress
            200000 ms
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            """);
    }

    [Fact]
    public void A_leader_that_assigns_nothing_is_removed()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.SessionTimeoutMs = 100_000;
        a.Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        scene.Pass(59_999);
        a.Heartbeat();
        scene.Pass(1);
        b.Join();
        a.Sync();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            b syncs
            59999 ms
            a heartbeats: None
            1 ms
              b: RebalanceInProgress
            b joins as b#2
              b: b#2 in generation 2, range, leads b#2
            a syncs
              a: UnknownMemberId
            """);
    }

    [Fact]
    public void A_follower_that_does_not_ask_for_its_assignment_is_removed_however_alive()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        (a.SessionTimeoutMs, b.SessionTimeoutMs) = (100_000, 100_000);
        a.Join();
        b.Join();
        scene.Pass(6000);
        a.Sync();
        scene.Pass(59_999);
        b.Heartbeat();
        scene.Pass(1);
        b.Heartbeat();
        a.Heartbeat();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            a syncs
              a: gets a#1@1
            59999 ms
            b heartbeats: None
            1 ms
            b heartbeats: UnknownMemberId
            a heartbeats: RebalanceInProgress
            """);
    }

    [Fact]
    public void Who_asked_for_its_assignment_late_stays()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.RebalanceTimeoutMs = 20_000;
        (a.SessionTimeoutMs, b.SessionTimeoutMs) = (100_000, 100_000);
        a.Join();
        b.Join();
        scene.Pass(6000);
        a.Sync();
        scene.Pass(59_999);
        b.Sync();
        scene.Pass(1);
        Assert.Equal("g Stable", scene.Groups());
        Assert.Equal("b#2@1", b.Assignment);
    }

    [Fact]
    public void A_rebalance_gives_everybody_its_time_anew()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        (a.SessionTimeoutMs, b.SessionTimeoutMs) = (200_000, 200_000);
        a.Join();
        b.Join();
        scene.Pass(6000);
        scene.Pass(30_000);
        c.Join();
        scene.Pass(59_999);
        a.Join();
        scene.Pass(1);
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            30000 ms
            c joins
            59999 ms
            a joins as a#1
            1 ms
              a: a#1 in generation 2, range, leads a#1 c#3
              c: c#3 in generation 2, range, follows a#1
            """);
    }

    [Fact]
    public void Without_a_delay_nobody_is_waited_for_who_has_only_an_id()
    {
        var scene = new Scene(new GroupOptions { InitialRebalanceDelayMs = 0 });
        var (a, b) = (scene.Client("a"), new Client(scene, "b", "g") { RequiresKnownMemberId = true });
        b.Join();
        a.Join();
        scene.Pass(0);
        scene.Tells("""
            b joins
              b: MemberIdRequired
            a joins
            0 ms
              a: a#2 in generation 1, range, leads a#2
            """);
    }

    [Fact]
    public void A_silent_leader_that_assigned_nothing_is_followed_by_another()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        scene.Pass(10_000);
        b.Join();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            b syncs
            10000 ms
              b: RebalanceInProgress
            b joins as b#2
              b: b#2 in generation 2, range, leads b#2
            """);
    }

    [Fact]
    public void The_latest_session_timeout_holds_after_loading()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        scene.Settle(a);
        a.SessionTimeoutMs = 30_000;
        a.Join();
        a.Sync();
        scene.Reload();
        scene.Pass(29_999);
        Assert.Equal("g Stable", scene.Groups());
        scene.Pass(1);
        Assert.Equal("g Empty", scene.Groups());
    }

    [Fact]
    public void The_members_of_a_loaded_group_have_a_session_to_show_up()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a, b);
        scene.Pass(9_000);
        scene.Reload();
        scene.Pass(9_999);
        a.Heartbeat();
        scene.Pass(1);
        a.Heartbeat();
        b.Heartbeat();
        scene.Tells("""
            9000 ms
            the shard is loaded again
            9999 ms
            a heartbeats: None
            1 ms
            a heartbeats: RebalanceInProgress
            b heartbeats: UnknownMemberId
            """);
    }
}

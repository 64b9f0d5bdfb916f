using FlyMQ.Protocol;

namespace FlyMQ.Coordination.Tests;

public class RebalanceTests
{
    [Fact]
    public void A_group_of_one_comes_and_goes()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        a.Join();
        scene.Pass(2999);
        Assert.Equal("g PreparingRebalance", scene.Groups());
        scene.Pass(1);
        Assert.Equal("g CompletingRebalance", scene.Groups());
        a.Heartbeat();
        a.Sync();
        Assert.Equal("g Stable", scene.Groups());
        a.Heartbeat();
        a.Leave();
        Assert.Equal("g Empty", scene.Groups());
        a.Heartbeat();
        scene.Tells("""
            a joins
            2999 ms
            1 ms
              a: a#1 in generation 1, range, leads a#1
            a heartbeats: None
            a syncs
              a: gets a#1@1
            a heartbeats: None
            a leaves: None
            a heartbeats: UnknownMemberId
            """);
    }

    [Fact]
    public void Followers_wait_for_what_the_leader_assigns()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        a.Join();
        b.Join();
        c.Join();
        scene.Pass(6000);
        b.Sync();
        a.Sync();
        c.Sync();
        scene.Tells("""
            a joins
            b joins
            c joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2 c#3
              b: b#2 in generation 1, range, follows a#1
              c: c#3 in generation 1, range, follows a#1
            b syncs
            a syncs
              a: gets a#1@1
              b: gets b#2@1
            c syncs
              c: gets c#3@1
            """);
    }

    [Fact]
    public void Who_comes_makes_the_others_come_again()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a);
        b.Join();
        a.Heartbeat();
        a.Join();
        b.Sync();
        a.Sync();
        a.Heartbeat();
        scene.Tells("""
            b joins
            a heartbeats: RebalanceInProgress
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            b syncs
            a syncs
              a: gets a#1@2
              b: gets b#2@2
            a heartbeats: None
            """);
    }

    [Fact]
    public void Who_leaves_makes_the_others_come_again_and_another_lead()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        scene.Settle(a, b, c);
        a.Leave();
        a.Leave();
        c.Heartbeat();
        c.Join();
        b.Join();
        scene.Tells("""
            a leaves: None
            a leaves: UnknownMemberId
            c heartbeats: RebalanceInProgress
            c joins as c#3
            b joins as b#2
              b: b#2 in generation 2, range, leads b#2 c#3
              c: c#3 in generation 2, range, follows b#2
            """);
    }

    [Fact]
    public void Who_waits_for_its_assignment_hears_of_another_rebalance()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        a.Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        c.Join();
        a.Sync();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            b syncs
            c joins
              b: RebalanceInProgress
            a syncs
              a: RebalanceInProgress
            """);
    }

    [Fact]
    public void Who_leaves_while_others_wait_is_not_waited_for()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        scene.Settle(a, b);
        c.Join();
        a.Join();
        b.Leave();
        scene.Tells("""
            c joins
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1 c#3
              c: c#3 in generation 2, range, follows a#1
            b leaves: None
            """);
    }

    [Fact]
    public void Who_leaves_while_it_waits_is_answered()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a);
        b.Join();
        b.MemberId = "b-00000000-0000-0000-0000-000000000002";
        b.Leave();
        a.Join();
        a.Leave();
        scene.Tells("""
            b joins
              b: UnknownMemberId
            b leaves: None
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1
            a leaves: None
            """);
        a = scene.Client("a");
        b = scene.Client("b");
        a.Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        b.Leave();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#3 in generation 4, range, leads a#3 b#4
              b: b#4 in generation 4, range, follows a#3
            b syncs
              b: UnknownMemberId
            b leaves: None
            """);
    }

    [Fact]
    public void A_lost_answer_is_given_again()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        a.Join();
        b.Join();
        scene.Pass(6000);
        a.Join();
        b.Join();
        b.Sync();
        b.Sync();
        a.Sync();
        b.Join();
        b.Sync();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            a joins as a#1
              a: a#1 in generation 1, range, leads a#1 b#2
            b joins as b#2
              b: b#2 in generation 1, range, follows a#1
            b syncs
            b syncs
              b: RebalanceInProgress
            a syncs
              a: gets a#1@1
              b: gets b#2@1
            b joins as b#2
              b: b#2 in generation 1, range, follows a#1
            b syncs
              b: gets b#2@1
            """);
    }

    [Fact]
    public void A_join_that_comes_again_takes_the_place_of_the_first()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a, b);
        a.Join();
        a.Join();
        b.Join();
        scene.Tells("""
            a joins as a#1
            a joins as a#1
              a: RebalanceInProgress
            b joins as b#2
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            """);
    }

    [Fact]
    public void A_leader_may_ask_for_a_rebalance_and_a_follower_with_news()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a, b);
        a.Join();
        b.Heartbeat();
        b.Join();
        b.Reads("orders", "payments").Join();
        a.Join();
        b.Sync();
        scene.Tells("""
            a joins as a#1
            b heartbeats: RebalanceInProgress
            b joins as b#2
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            b joins as b#2
            a joins as a#1
              a: a#1 in generation 3, range, leads a#1 b#2
              b: b#2 in generation 3, range, follows a#1
            b syncs
            """);
        a.Sync();
        b.Reads("payments").Join();
        a.Heartbeat();
        scene.Tells("""
            a syncs
              a: gets a#1@3
              b: gets b#2@3
            b joins as b#2
            a heartbeats: RebalanceInProgress
            """);
    }

    [Theory]
    [InlineData("range", "range roundrobin", "roundrobin range", "range roundrobin")]
    [InlineData("roundrobin", "range roundrobin", "roundrobin range", "roundrobin range")]
    // Most prefer what one does not know.
    [InlineData("roundrobin", "sticky roundrobin", "sticky roundrobin range", "range roundrobin")]
    public void The_protocol_is_what_all_support_and_most_prefer(string expected, params string[] preferences)
    {
        var scene = new Scene();
        var clients = preferences.Select((p, i) => scene.Client($"{(char)('a' + i)}").Supports(p.Split(' '))).ToList();
        clients.ForEach(client => client.Join());
        scene.Pass(6000);
        clients[0].Sync();
        Assert.Equal(expected, scene.Shard.Describe("g")!.ProtocolData);
        clients[0].Sync(protocolType: "consumer", protocolName: expected);
        Assert.Equal("a#1@1", clients[0].Assignment);
    }

    [Fact]
    public void A_client_that_shares_no_protocol_is_refused()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a").Supports("range", "roundrobin"), scene.Client("b").Supports("sticky"));
        scene.Settle(a);
        b.Join();
        b.ProtocolType = "connect";
        b.Supports("range").Join();
        b.ProtocolType = "consumer";
        b.Supports("roundrobin").Join();
        // What it knew before was common.
        a.Supports("range").Join();
        scene.Tells("""
            b joins
              b: InconsistentGroupProtocol
            b joins
              b: InconsistentGroupProtocol
            b joins
            a joins as a#1
              a: InconsistentGroupProtocol
            """);
    }

    [Theory]
    [InlineData("", "range")]
    [InlineData("consumer", "")]
    public void A_first_member_has_a_protocol(string type, string protocol)
    {
        var scene = new Scene();
        var a = scene.Client("a");
        a.ProtocolType = type;
        a.Supports(protocol.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Join();
        scene.Tells("""
            a joins
              a: InconsistentGroupProtocol
            """);
    }

    [Fact]
    public void An_empty_group_takes_another_type_of_protocol()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a);
        a.Leave();
        b.ProtocolType = "connect";
        b.Supports("eager").Join();
        scene.Pass(3000);
        scene.Tells("""
            a leaves: None
            b joins
            3000 ms
              b: b#2 in generation 3, eager, leads b#2
            """);
        Assert.Equal("connect", scene.Shard.Describe("g")!.ProtocolType);
    }

    [Theory]
    [InlineData("connect", null)]
    [InlineData(null, "roundrobin")]
    public void A_sync_names_the_protocol_that_was_chosen(string? type, string? protocol)
    {
        var scene = new Scene();
        var a = scene.Client("a");
        scene.Settle(a);
        a.Sync(type, protocol);
        a.Sync("consumer", "range");
        scene.Tells("""
            a syncs
              a: InconsistentGroupProtocol
            a syncs
              a: gets a#1@1
            """);
    }

    [Fact]
    public void Who_is_not_known_or_of_another_generation_is_told()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        b.MemberId = "b-00000000-0000-0000-0000-000000000009";
        b.Join();
        b.Sync();
        b.Heartbeat();
        b.Leave();
        scene.Settle(a);
        b.Join();
        b.Sync();
        b.Heartbeat();
        b.Leave();
        scene.Tells("""
            b joins as b#9
              b: UnknownMemberId
            b syncs
              b: UnknownMemberId
            b heartbeats: UnknownMemberId
            b leaves: UnknownMemberId
            """);
        a.Generation = 0;
        a.Sync();
        a.Heartbeat();
        a.Generation = 2;
        a.Sync();
        a.Heartbeat();
        scene.Tells("""
            a syncs
              a: IllegalGeneration
            a heartbeats: IllegalGeneration
            a syncs
              a: IllegalGeneration
            a heartbeats: IllegalGeneration
            """);
    }

    [Fact]
    public void Nobody_but_new_clients_make_a_group()
    {
        var scene = new Scene();
        var b = scene.Client("b");
        b.MemberId = "b-00000000-0000-0000-0000-000000000009";
        b.Join();
        Assert.Equal("", scene.Groups());
        scene.Tells("""
            b joins as b#9
              b: UnknownMemberId
            """);
    }

    [Fact]
    public void Session_timeouts_have_bounds()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        foreach (var timeout in new[] { 5999, 1_800_001, 6000 })
        {
            a.SessionTimeoutMs = timeout;
            a.Join();
        }

        var b = scene.Client("b");
        b.SessionTimeoutMs = 1_800_000;
        b.Join();
        scene.Tells("""
            a joins
              a: InvalidSessionTimeout
            a joins
              a: InvalidSessionTimeout
            a joins
            b joins
            """);
    }

    [Fact]
    public void A_full_group_takes_nobody_but_its_own_members()
    {
        var scene = new Scene(new GroupOptions { MaxSize = 2 });
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c"));
        scene.Settle(a, b);
        c.Join();
        a.Join();
        c.Join();
        b.Join();
        b.Leave();
        c.Join();
        scene.Tells("""
            c joins
              c: GroupMaxSizeReached
            a joins as a#1
            c joins
              c: GroupMaxSizeReached
            b joins as b#2
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            b leaves: None
            c joins
            """);
    }

    [Fact]
    public void A_client_learns_its_id_before_it_counts()
    {
        var scene = new Scene();
        var a = new Client(scene, "a", "g") { RequiresKnownMemberId = true };
        a.Join();
        Assert.Equal("g Empty", scene.Groups());
        a.Join();
        scene.Pass(3000);
        scene.Tells("""
            a joins
              a: MemberIdRequired
            a joins as a#1
            3000 ms
              a: a#1 in generation 1, range, leads a#1
            """);
    }

    [Fact]
    public void An_id_handed_out_is_waited_for_and_forgotten_after_a_session()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), new Client(scene, "b", "g") { RequiresKnownMemberId = true });
        scene.Settle(a);
        b.Join();
        a.Heartbeat();
        a.Join();
        scene.Pass(9_999);
        Assert.Equal(1, a.Waiting);
        scene.Pass(1);
        b.Join();
        scene.Tells("""
            b joins
              b: MemberIdRequired
            a heartbeats: None
            a joins as a#1
            9999 ms
            1 ms
              a: a#1 in generation 2, range, leads a#1
            b joins as b#2
              b: UnknownMemberId
            """);
    }

    [Fact]
    public void An_id_handed_out_may_be_given_back()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), new Client(scene, "b", "g") { RequiresKnownMemberId = true });
        scene.Settle(a);
        b.Join();
        a.Join();
        b.Leave();
        b.Leave();
        scene.Tells("""
            b joins
              b: MemberIdRequired
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1
            b leaves: None
            b leaves: UnknownMemberId
            """);
    }

    [Fact]
    public void An_id_handed_out_is_no_place_in_a_full_group()
    {
        var scene = new Scene(new GroupOptions { MaxSize = 2 });
        var (a, b) = (scene.Client("a"), new Client(scene, "b", "g") { RequiresKnownMemberId = true });
        var again = new Client(scene, "b", "g") { RequiresKnownMemberId = true };
        scene.Settle(a);
        b.Join();
        again.Join();
        again.Join();
        a.Join();
        b.Join();
        b.Join();
        scene.Tells("""
            b joins
              b: MemberIdRequired
            b joins
              b: MemberIdRequired
            b joins as b#3
            a joins as a#1
            b joins as b#2
              b: GroupMaxSizeReached
              a: a#1 in generation 2, range, leads a#1 b#3
              b: b#3 in generation 2, range, follows a#1
            b joins as b#2
              b: UnknownMemberId
            """);
    }

    [Fact]
    public void An_id_handed_out_is_not_for_a_static_member()
    {
        var scene = new Scene();
        var (a, b) = (new Client(scene, "a", "g") { RequiresKnownMemberId = true }, scene.Static("b"));
        a.Join();
        b.MemberId = a.MemberId;
        b.Join();
        a.Join();
        scene.Tells("""
            a joins
              a: MemberIdRequired
            b joins as a#1
              b: UnknownMemberId
            a joins as a#1
            """);
    }

    [Fact]
    public void A_shard_that_goes_tells_who_waits()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Client("c", "h"));
        a.Join();
        b.Join();
        scene.Pass(6000);
        b.Sync();
        c.Join();
        scene.Reload();
        a.Heartbeat();
        scene.Tells("""
            a joins
            b joins
            6000 ms
              a: a#1 in generation 1, range, leads a#1 b#2
              b: b#2 in generation 1, range, follows a#1
            b syncs
            c joins
            the shard is loaded again
              b: NotCoordinator
              c: NotCoordinator
            a heartbeats: UnknownMemberId
            """);
    }

    [Fact]
    public void Assignments_that_did_not_make_it_into_the_log_are_told_to_nobody()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a, b);
        a.Join();
        b.Join();
        b.Sync();
        scene.NextAppendFails = true;
        a.Sync();
        a.Heartbeat();
        scene.Tells("""
            a joins as a#1
            b joins as b#2
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            b syncs
            a syncs
            the shard is loaded again
              a: NotCoordinator
              b: NotCoordinator
            a heartbeats: IllegalGeneration
            """);
    }

    [Fact]
    public void A_place_that_did_not_make_it_into_the_log_is_not_taken()
    {
        var scene = new Scene();
        var (a, again) = (scene.Static("a"), scene.Static("a"));
        scene.Settle(a);
        scene.NextAppendFails = true;
        again.Join();
        a.Heartbeat();
        scene.Tells("""
            a joins
              a: NotCoordinator
            the shard is loaded again
            a heartbeats: None
            """);
    }
}

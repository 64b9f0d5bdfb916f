using FlyMQ.Protocol;

namespace FlyMQ.Coordination.Tests;

public class OffsetTests
{
    private const int Hour = 3_600_000;
    private static readonly GroupOptions KeepsForADay = new() { OffsetsRetentionMs = 24 * Hour };

    [Fact]
    public void Members_commit_and_everybody_may_ask()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        scene.Settle(a);
        a.Commit("orders", 0, 5);
        a.Commit("orders", 1, 6);
        a.Commit("payments", 0, 7);
        a.Commit("orders", 0, 8);
        scene.Tells("""
            a commits orders-0=5: None
            a commits orders-1=6: None
            a commits payments-0=7: None
            a commits orders-0=8: None
            """);
        Assert.Equal("orders-0=8 orders-1=6 payments-0=7", scene.Offsets("g"));
        var committed = scene.Shard.CommittedOffset("g", "orders", 0)!;
        Assert.Equal((8, 3, "", Scene.Start + 6000), (committed.Offset, committed.LeaderEpoch, committed.Metadata, committed.CommitTimestamp));
        Assert.Null(scene.Shard.CommittedOffset("g", "orders", 2));
        Assert.Null(scene.Shard.CommittedOffset("h", "orders", 0));
        Assert.Equal("", scene.Offsets("h"));
    }

    [Fact]
    public void Groups_do_not_know_each_others_offsets()
    {
        var scene = new Scene();
        scene.Commit("g", "orders", 0, 5);
        scene.Commit("h", "orders", 0, 6);
        scene.Commit("h", "orders", 1, 7);
        Assert.Equal(("orders-0=5", "orders-0=6 orders-1=7"), (scene.Offsets("g"), scene.Offsets("h")));
    }

    [Fact]
    public void Who_is_not_known_or_of_another_generation_commits_nothing()
    {
        var scene = new Scene();
        var (a, b, c) = (scene.Client("a"), scene.Client("b"), scene.Static("c"));
        scene.Settle(a, c);
        a.Generation = 0;
        a.Commit("orders", 0, 1);
        a.Generation = -1;
        a.Commit("orders", 0, 2);
        b.Generation = 1;
        b.Commit("orders", 0, 3);
        b.MemberId = "b";
        b.Commit("orders", 0, 4);
        c.MemberId = "c";
        c.Commit("orders", 0, 5);
        scene.Tells("""
            a commits orders-0=1: IllegalGeneration
            a commits orders-0=2: IllegalGeneration
            b commits orders-0=3: UnknownMemberId
            b commits orders-0=4: UnknownMemberId
            c commits orders-0=5: FencedInstanceId
            """);
        Assert.Equal("", scene.Offsets("g"));
        var elsewhere = scene.Client("a", "h");
        elsewhere.Generation = 1;
        Assert.Equal(ErrorCode.IllegalGeneration, elsewhere.Commit("orders", 0, 6));
        Assert.Equal("g Stable", scene.Groups());
    }

    [Fact]
    public void A_member_commits_before_it_joins_again_and_not_before_it_is_assigned_something()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b"));
        scene.Settle(a);
        b.Join();
        a.Commit("orders", 0, 5);
        a.Join();
        a.Commit("orders", 0, 6);
        a.Sync();
        a.Commit("orders", 0, 7);
        scene.Tells("""
            b joins
            a commits orders-0=5: None
            a joins as a#1
              a: a#1 in generation 2, range, leads a#1 b#2
              b: b#2 in generation 2, range, follows a#1
            a commits orders-0=6: RebalanceInProgress
            a syncs
              a: gets a#1@2
            a commits orders-0=7: None
            """);
    }

    [Fact]
    public void Who_assigns_itself_commits_without_a_generation_while_nobody_is_assigned_anything()
    {
        var scene = new Scene();
        Assert.Equal(ErrorCode.None, scene.Commit("g", "orders", 0, 5));
        Assert.Equal("g Empty", scene.Groups());
        var a = scene.Client("a");
        scene.Settle(a);
        Assert.Equal(ErrorCode.UnknownMemberId, scene.Commit("g", "orders", 0, 6));
        a.Leave();
        Assert.Equal(ErrorCode.None, scene.Commit("g", "orders", 0, 7));
        // Who was a member has no generation any more, and what it says of itself does not matter.
        a.Generation = -1;
        Assert.Equal(ErrorCode.None, a.Commit("orders", 0, 8));
        Assert.Equal("orders-0=8", scene.Offsets("g"));
    }

    [Fact]
    public void Metadata_has_a_bound_and_the_other_offsets_are_committed_all_the_same()
    {
        var scene = new Scene(new GroupOptions { OffsetMetadataMaxBytes = 4 });
        var problems = new ErrorCode[3];
        OffsetToCommit[] offsets =
        [
            new("orders", 0, 5, -1, "four", Guid.Empty), new("orders", 1, 6, -1, "fives", Guid.Empty), new("orders", 2, 7, -1, "", Guid.Empty),
        ];
        Assert.Equal(ErrorCode.None, scene.Decide(effects => scene.Shard.CommitOffsets("g", -1, "", null, offsets, problems, effects, scene.Now)));
        Assert.Equal([ErrorCode.None, ErrorCode.OffsetMetadataTooLarge, ErrorCode.None], problems);
        Assert.Equal("orders-0=5 orders-2=7", scene.Offsets("g"));
        Assert.Equal("four", scene.Shard.CommittedOffset("g", "orders", 0)!.Metadata);
    }

    [Fact]
    public void Offsets_of_a_topic_that_is_still_read_are_not_deleted()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a"), scene.Client("b").Reads("payments"));
        scene.Settle(a, b);
        foreach (var topic in new[] { "orders", "payments", "returns" })
        {
            a.Commit(topic, 0, 5);
        }

        var problems = new ErrorCode[4];
        (string, int)[] offsets = [("orders", 0), ("payments", 0), ("returns", 0), ("returns", 1)];
        Assert.Equal(ErrorCode.None, scene.Decide(effects => scene.Shard.DeleteOffsets("g", offsets, problems, effects)));
        Assert.Equal([ErrorCode.GroupSubscribedToTopic, ErrorCode.GroupSubscribedToTopic, ErrorCode.None, ErrorCode.None], problems);
        Assert.Equal("orders-0=5 payments-0=5", scene.Offsets("g"));
        a.Leave();
        b.Leave();
        Array.Clear(problems);
        Assert.Equal(ErrorCode.None, scene.Decide(effects => scene.Shard.DeleteOffsets("g", offsets, problems, effects)));
        Assert.Equal(new ErrorCode[4], problems);
        Assert.Equal("", scene.Offsets("g"));
    }

    [Fact]
    public void What_a_group_reads_is_known_also_while_a_member_comes_that_does_not_know_its_protocol()
    {
        var scene = new Scene();
        var (a, b) = (scene.Client("a").Supports("sticky", "range"), scene.Client("b").Supports("range").Reads("payments"));
        scene.Settle(a);
        foreach (var topic in new[] { "orders", "payments", "returns" })
        {
            a.Commit(topic, 0, 5);
        }

        b.Join();
        var problems = new ErrorCode[3];
        Assert.Equal(
            ErrorCode.None, scene.Decide(effects => scene.Shard.DeleteOffsets("g", [("orders", 0), ("payments", 0), ("returns", 0)], problems, effects)));
        Assert.Equal([ErrorCode.GroupSubscribedToTopic, ErrorCode.GroupSubscribedToTopic, ErrorCode.None], problems);
    }

    [Fact]
    public void What_a_group_reads_is_still_known_after_it_was_loaded()
    {
        var scene = new Scene();
        var a = scene.Client("a");
        scene.Settle(a);
        a.Supports("sticky", "range").Reads("payments").Join();
        a.Sync();
        a.Commit("orders", 0, 5);
        a.Commit("payments", 0, 5);
        scene.Reload();
        var problems = new ErrorCode[2];
        Assert.Equal(ErrorCode.None, scene.Decide(effects => scene.Shard.DeleteOffsets("g", [("orders", 0), ("payments", 0)], problems, effects)));
        Assert.Equal([ErrorCode.None, ErrorCode.GroupSubscribedToTopic], problems);
    }

    [Fact]
    public void Groups_whose_topics_are_not_known_keep_their_offsets_while_they_live()
    {
        var scene = new Scene(KeepsForADay);
        var (a, b) = (scene.Client("a"), scene.Client("b", "h"));
        a.ProtocolType = "connect";
        b.Protocols = [("range", [0])];
        scene.Settle(a);
        scene.Settle(b);
        a.Commit("orders", 0, 5);
        b.Commit("orders", 0, 6);
        foreach (var group in new[] { "g", "h" })
        {
            Assert.Equal(ErrorCode.NonEmptyGroup, scene.Decide(effects => scene.Shard.DeleteOffsets(group, [("orders", 0)], new ErrorCode[1], effects)));
        }

        Live(scene, 25 * Hour, a, b);
        scene.Expire();
        Assert.Equal(("orders-0=5", "orders-0=6"), (scene.Offsets("g"), scene.Offsets("h")));
        Assert.Equal(ErrorCode.GroupIdNotFound, scene.Decide(effects => scene.Shard.DeleteOffsets("i", [("orders", 0)], new ErrorCode[1], effects)));
    }

    [Fact]
    public void Offsets_expire_some_time_after_their_group_became_empty()
    {
        var scene = new Scene(KeepsForADay);
        var a = scene.Client("a");
        scene.Settle(a);
        a.Commit("orders", 0, 5);
        Live(scene, 30 * Hour, a);
        scene.Expire();
        Assert.Equal("orders-0=5", scene.Offsets("g"));
        a.Leave();
        scene.Pass((24 * Hour) - 1);
        scene.Expire();
        Assert.Equal("orders-0=5", scene.Offsets("g"));
        // Nor does time begin anew when the shard is loaded.
        scene.Reload();
        scene.Pass(1);
        scene.Expire();
        Assert.Equal(("", ""), (scene.Offsets("g"), scene.Groups()));
        Assert.Equal((0, 0), (scene.Replayed().GroupCount, scene.Replayed(compacted: true).GroupCount));
    }

    [Fact]
    public void What_is_committed_to_an_empty_group_is_kept_as_long_as_anything()
    {
        var scene = new Scene(KeepsForADay);
        var a = scene.Client("a");
        scene.Settle(a);
        a.Commit("orders", 0, 5);
        a.Leave();
        scene.Pass(20 * Hour);
        // As an administrator does who resets an offset.
        scene.Commit("g", "orders", 1, 6);
        scene.Pass(4 * Hour);
        scene.Expire();
        Assert.Equal("orders-1=6", scene.Offsets("g"));
    }

    [Fact]
    public void Offsets_of_who_assigns_itself_expire_some_time_after_their_commit()
    {
        var scene = new Scene(KeepsForADay);
        scene.Commit("g", "orders", 0, 5);
        scene.Pass(Hour);
        scene.Commit("g", "orders", 1, 6);
        scene.Pass((23 * Hour) - 1);
        scene.Expire();
        Assert.Equal("orders-0=5 orders-1=6", scene.Offsets("g"));
        scene.Pass(1);
        scene.Expire();
        Assert.Equal(("orders-1=6", "g Empty"), (scene.Offsets("g"), scene.Groups()));
        scene.Pass(Hour);
        scene.Expire();
        Assert.Equal("", scene.Groups());
    }

    [Fact]
    public void Offsets_of_topics_that_a_living_group_no_longer_reads_expire()
    {
        var scene = new Scene(KeepsForADay);
        var (a, b) = (scene.Client("a").Reads("orders", "payments"), scene.Client("b").Reads("payments"));
        scene.Settle(a);
        a.Commit("orders", 0, 5);
        a.Commit("payments", 0, 6);
        a.Commit("returns", 0, 7);
        Live(scene, 24 * Hour, a);
        a.Commit("returns", 1, 8);
        // Who reads what is open while members come and go.
        b.Join();
        scene.Expire();
        Assert.Equal("orders-0=5 payments-0=6 returns-0=7 returns-1=8", scene.Offsets("g"));
        a.Join();
        a.Sync();
        scene.Expire();
        Assert.Equal("orders-0=5 payments-0=6 returns-1=8", scene.Offsets("g"));
        a.Leave();
        b.Join();
        b.Sync();
        scene.Expire();
        Assert.Equal("payments-0=6 returns-1=8", scene.Offsets("g"));
    }

    [Fact]
    public void A_group_with_neither_members_nor_offsets_goes_at_once()
    {
        var scene = new Scene(KeepsForADay);
        var (a, b) = (scene.Client("a"), new Client(scene, "b", "h") { RequiresKnownMemberId = true });
        scene.Settle(a);
        b.Join();
        scene.Expire();
        Assert.Equal("g Stable, h Empty", scene.Groups());
        a.Leave();
        scene.Expire();
        // Somebody is about to join the other.
        Assert.Equal("h Empty", scene.Groups());
        scene.Pass(b.SessionTimeoutMs);
        scene.Expire();
        Assert.Equal("", scene.Groups());
    }

    [Fact]
    public void Offsets_leave_with_their_topic()
    {
        var scene = new Scene();
        var (topic, successor) = (Guid.Parse("00000000-0000-0000-0000-00000000000a"), Guid.Parse("00000000-0000-0000-0000-00000000000b"));
        scene.Commit("g", "orders", 0, 5, topicId: topic);
        scene.Commit("g", "orders", 1, 6, topicId: successor);
        scene.Commit("g", "orders", 2, 7);
        scene.Commit("g", "payments", 0, 8);
        scene.Commit("h", "orders", 3, 9, topicId: topic);
        // Which topic an offset is of is in the log as well.
        scene.Reload();
        scene.Decide(effects => scene.Shard.TopicDeleted("orders", topic, effects));
        Assert.Equal(("orders-1=6 payments-0=8", ""), (scene.Offsets("g"), scene.Offsets("h")));
    }

    private static void Live(Scene scene, int ms, params Client[] clients)
    {
        for (var passed = 0; passed < ms; passed += 5000)
        {
            scene.Pass(5000);
            Assert.All(clients, client => Assert.Equal(ErrorCode.None, client.Heartbeat()));
        }
    }
}

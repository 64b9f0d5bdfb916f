using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

public class LeadershipTests
{
    [Fact]
    public void Nobody_is_led_before_the_image_says_so()
    {
        var scene = new Scene(leads: false);
        Assert.Equal((false, LeaderEpoch.None), (scene.Partition.View.IsLeader, scene.Partition.View.LeaderEpoch));
        scene.Refused(ErrorCode.NotLeaderOrFollower, Scene.Batch());
        Assert.Equal(ErrorCode.NotLeaderOrFollower, scene.Read(0).Error);
        Assert.Empty(scene.Partition.Producers());
    }

    [Fact]
    public void An_older_word_from_the_image_changes_nothing()
    {
        var scene = new Scene();
        scene.Partition.Lead(new LeaderEpoch(5));
        scene.Partition.Lead(new LeaderEpoch(4));
        scene.Partition.Resign(new LeaderEpoch(4));
        Assert.Equal((true, new LeaderEpoch(5)), (scene.Partition.View.IsLeader, scene.Partition.View.LeaderEpoch));
    }

    [Fact]
    public void A_leader_begins_with_what_is_flushed()
    {
        var before = new Scene();
        before.Appended(Scene.Batch(records: 3));
        before.Log.Flush();
        before.Appended(Scene.Batch());
        var log = before.Log.Reopen();
        log.HighWatermark = new Offset(1);
        var after = new Scene(log: log, leads: false);
        Assert.Equal((1, 3), (after.Partition.View.HighWatermark.Value, after.Partition.View.EndOffset.Value));
        after.Partition.Lead(new LeaderEpoch(2));
        Assert.Equal((3, 3), (after.Partition.View.HighWatermark.Value, log.HighWatermark.Value));
    }

    [Fact]
    public void A_checkpoint_beyond_the_log_counts_as_its_end()
        => Assert.Equal(0, new Scene(log: new MemoryLog { HighWatermark = new Offset(50) }, leads: false).Partition.View.HighWatermark.Value);

    [Fact]
    public void Retention_moves_the_start_and_never_leaves_the_high_watermark_behind()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch(records: 5));
        scene.Log.Flush();
        scene.Log.Advance(new Offset(4));
        Assert.Equal((4, 5), (scene.Partition.View.LogStartOffset.Value, scene.Partition.View.HighWatermark.Value));
    }

    [Fact]
    public async Task Records_are_deleted_up_to_the_high_watermark_and_no_further()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch(records: 5));
        scene.Log.Flush();
        scene.Appended(Scene.Batch(records: 5));
        Assert.Equal(new DeleteRecordsOutcome(ErrorCode.None, new Offset(2)), await scene.Partition.DeleteRecordsAsync(new Offset(2)));
        Assert.Equal(2, scene.Partition.View.LogStartOffset.Value);
        Assert.Equal(new DeleteRecordsOutcome(ErrorCode.None, new Offset(2)), await scene.Partition.DeleteRecordsAsync(new Offset(1)));
        Assert.Equal(new DeleteRecordsOutcome(ErrorCode.OffsetOutOfRange, new Offset(-1)), await scene.Partition.DeleteRecordsAsync(new Offset(6)));
        Assert.Equal(new DeleteRecordsOutcome(ErrorCode.OffsetOutOfRange, new Offset(-1)), await scene.Partition.DeleteRecordsAsync(new Offset(-2)));
        Assert.Equal(new DeleteRecordsOutcome(ErrorCode.None, new Offset(5)), await scene.Partition.DeleteRecordsAsync(new Offset(-1)));
    }

    [Fact]
    public async Task Deleting_records_says_why_it_cannot()
    {
        var scene = new Scene(rules: new PartitionRules { Delete = false, Compact = true });
        Assert.Equal(ErrorCode.PolicyViolation, (await scene.Partition.DeleteRecordsAsync(Offset.Zero)).Error);
        scene.Partition.Rules = new PartitionRules();
        scene.Log.Failure = new IOException("no");
        Assert.Equal(ErrorCode.KafkaStorageError, (await scene.Partition.DeleteRecordsAsync(Offset.Zero)).Error);
        scene.Log.Fence("gone");
        Assert.Equal(ErrorCode.KafkaStorageError, (await scene.Partition.DeleteRecordsAsync(Offset.Zero)).Error);
        scene.Partition.Resign(new LeaderEpoch(2));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await scene.Partition.DeleteRecordsAsync(Offset.Zero)).Error);
        Assert.DoesNotContain(scene.Log.Calls, call => call != "AdvanceStartOffset 0");
    }

    [Fact]
    public void Producers_that_cannot_be_read_back_fence_the_partition_and_nothing_else()
    {
        var scene = new Scene(log: new MemoryLog { Failure = new IOException("00000000000000000007.snapshot") });
        Assert.True(scene.Partition.View.IsLeader);
        scene.Refused(ErrorCode.KafkaStorageError, Scene.Batch());
        Assert.Equal(ErrorCode.None, scene.Read(0).Error);
    }

    [Fact]
    public void A_log_that_is_fenced_is_not_searched_for_producers()
    {
        var scene = new Scene(log: new MemoryLog { FenceReason = "damaged", Failure = new IOException("read although it is fenced") });
        Assert.Contains("damaged", scene.Refused(ErrorCode.KafkaStorageError, Scene.Batch()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partitions_are_found_by_id_and_by_name()
    {
        var set = new PartitionSet();
        var old = new Scene().Partition;
        set.Add(old);
        Assert.Same(old, set.Find(old.Id));
        Assert.Same(old, set.Find("orders", 3));
        Assert.Null(set.Find("orders", 2));
        Assert.Null(set.Find(old.Id with { Partition = 1 }));
        // Deleted and created again: the name is the new one's, in whichever order the old one goes.
        var recreated = new Scene(log: new MemoryLog { Id = new TopicIdPartition(new Guid("99999999-2222-3333-4444-555555555555"), 3) }).Partition;
        set.Add(recreated);
        set.Remove(old);
        Assert.Null(set.Find(old.Id));
        Assert.Same(recreated, set.Find("orders", 3));
        Assert.Equal([recreated], set.All);
        set.Remove(recreated);
        Assert.Null(set.Find("orders", 3));
    }
}

using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

public class ReadingTests
{
    /// <summary>Five batches of two records: 0, 2, 4 in epoch 1; 6 and 8 in epoch 4; the last not flushed.</summary>
    private static Scene Five()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch(records: 2, timestampMs: 100));
        scene.Appended(Scene.Batch(records: 2, timestampMs: 300));
        scene.Appended(Scene.Batch(records: 2, timestampMs: 200));
        scene.Partition.Lead(new LeaderEpoch(4));
        scene.Appended(Scene.Batch(records: 2, timestampMs: 250));
        scene.Log.Flush();
        scene.Appended(Scene.Batch(records: 2, timestampMs: 900));
        return scene;
    }

    [Fact]
    public void Whole_batches_are_read_up_to_the_high_watermark()
    {
        var scene = Five();
        Assert.Equal([0L, 2, 4, 6], Scene.Offsets(scene.Read(0)));
        Assert.Equal([2L, 4, 6], Scene.Offsets(scene.Read(3)));
        Assert.Empty(Scene.Offsets(scene.Read(8)));
        Assert.Empty(Scene.Offsets(scene.Read(10)));
        var read = scene.Read(0);
        Assert.Equal((8, 8, 0), (read.HighWatermark.Value, read.LastStableOffset.Value, read.LogStartOffset.Value));
        Assert.Empty(read.Aborted);
    }

    [Fact]
    public void The_first_batch_is_whole_even_above_the_limit_when_asked_for()
    {
        var scene = Five();
        Assert.Equal([2L], Scene.Offsets(scene.Read(2, maxBytes: 1)));
        Assert.Empty(Scene.Offsets(scene.Read(2, maxBytes: 1, atLeastOne: false)));
        Assert.Equal([2L], Scene.Offsets(scene.Read(2, maxBytes: -7)));
    }

    [Fact]
    public void Outside_the_log_there_is_nothing_to_read()
    {
        var scene = Five();
        Assert.Equal(ErrorCode.OffsetOutOfRange, scene.Read(11).Error);
        scene.Log.Advance(new Offset(3));
        Assert.Equal(ErrorCode.OffsetOutOfRange, scene.Read(2).Error);
        Assert.Equal([2L, 4, 6], Scene.Offsets(scene.Read(3)));
    }

    [Fact]
    public void A_log_that_cannot_be_read_is_a_storage_error()
    {
        var scene = Five();
        scene.Log.Fence("gone");
        Assert.Equal(ErrorCode.KafkaStorageError, scene.Read(0).Error);
    }

    [Fact]
    public void The_readers_epoch_is_compared_before_leadership()
    {
        var scene = Five();
        Assert.Equal(ErrorCode.None, scene.Read(0, current: 4).Error);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, scene.Read(0, current: 3).Error);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, scene.Read(0, current: 5).Error);
        scene.Partition.Resign(new LeaderEpoch(6));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, scene.Read(0, current: 4).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, scene.Read(0, current: 6).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, scene.Read(0).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, scene.Partition.ListOffset(-1, false, LeaderEpoch.None).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, scene.Partition.EndOfEpoch(LeaderEpoch.None, new LeaderEpoch(1)).Error);
    }

    [Fact]
    public void A_reader_whose_log_went_another_way_is_told_where()
    {
        var scene = Five();
        Assert.Equal([6L], Scene.Offsets(scene.Read(6, lastFetched: 1)));
        Assert.Empty(Scene.Offsets(scene.Read(8, lastFetched: 4)));
        // It has records of epoch 1 up to 7; here that epoch ended at 6.
        Assert.Equal(new EpochEnd(new LeaderEpoch(1), new Offset(6)), scene.Read(7, lastFetched: 1).Diverging);
        // It has an epoch that never was here.
        Assert.Equal(new EpochEnd(new LeaderEpoch(1), new Offset(6)), scene.Read(6, lastFetched: 3).Diverging);
        Assert.Equal((ErrorCode.None, null), (scene.Read(7, lastFetched: 1).Error, scene.Read(7, lastFetched: 1).Records));
        // Nothing is known of so early an epoch.
        Assert.Equal(ErrorCode.OffsetOutOfRange, scene.Read(1, lastFetched: 0).Error);
    }

    [Fact]
    public void Read_committed_hears_of_aborted_transactions()
    {
        var scene = Five();
        scene.Log.Aborted.Add(new AbortedTransaction(7, new Offset(2), new Offset(3), new Offset(4)));
        Assert.Equal([7L], scene.Read(0, readCommitted: true).Aborted.Select(aborted => aborted.ProducerId));
        Assert.Empty(scene.Read(4, readCommitted: true).Aborted);
        Assert.Empty(scene.Read(0).Aborted);
    }

    [Theory]
    [InlineData(-1, 8, -1, 4)]
    [InlineData(-2, 0, -1, 1)]
    [InlineData(-3, 2, 300, 1)]
    [InlineData(-4, 0, -1, 1)]
    [InlineData(-5, -1, -1, -1)]
    [InlineData(-6, -1, -1, -1)]
    [InlineData(0, 0, 100, 1)]
    [InlineData(101, 2, 300, 1)]
    [InlineData(301, -1, -1, -1)]
    public void Offsets_are_found_by_time_and_by_Kafkas_marks(long timestamp, long offset, long timestampMs, int epoch)
    {
        var expected = new OffsetLookup(ErrorCode.None, new Offset(offset), timestampMs, new LeaderEpoch(epoch));
        Assert.Equal(expected, Five().Partition.ListOffset(timestamp, false, LeaderEpoch.None));
        Assert.Equal(expected, Five().Partition.ListOffset(timestamp, true, new LeaderEpoch(4)));
    }

    [Fact]
    public void Questions_about_offsets_check_the_epoch()
    {
        var partition = Five().Partition;
        Assert.Equal(ErrorCode.UnsupportedVersion, partition.ListOffset(-7, false, LeaderEpoch.None).Error);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, partition.ListOffset(-1, false, new LeaderEpoch(1)).Error);
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, partition.EndOfEpoch(new LeaderEpoch(9), new LeaderEpoch(1)).Error);
    }

    [Fact]
    public void The_earliest_offset_of_an_empty_log_has_the_leaders_epoch()
        => Assert.Equal(new OffsetLookup(ErrorCode.None, Offset.Zero, -1, new LeaderEpoch(1)), new Scene().Partition.ListOffset(-2, false, LeaderEpoch.None));

    [Theory]
    [InlineData(1, 1, 6)]
    [InlineData(3, 1, 6)]
    [InlineData(4, 4, 10)]
    [InlineData(0, -1, -1)]
    [InlineData(5, -1, -1)]
    [InlineData(-1, -1, -1)]
    public void An_epoch_ends_where_the_next_begins(int asked, int epoch, long end)
        => Assert.Equal(new EpochEndOutcome(ErrorCode.None, new LeaderEpoch(epoch), new Offset(end)), Five().Partition.EndOfEpoch(LeaderEpoch.None, new LeaderEpoch(asked)));

    [Fact]
    public void A_leaders_epoch_counts_before_it_has_a_record()
    {
        var scene = new Scene();
        Assert.Equal(new EpochEndOutcome(ErrorCode.None, new LeaderEpoch(1), Offset.Zero), scene.Partition.EndOfEpoch(LeaderEpoch.None, new LeaderEpoch(1)));
    }
}

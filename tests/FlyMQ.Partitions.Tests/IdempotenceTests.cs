using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

public class IdempotenceTests
{
    private const int Last = int.MaxValue;

    private static byte[] Batch(int sequence, int records = 1, short epoch = 0, long producer = 7, CompressionType compression = CompressionType.None)
        => Scene.Batch(records, producer: producer, epoch: epoch, sequence: sequence, compression: compression);

    [Fact]
    public async Task A_batch_that_comes_again_is_answered_as_its_original_and_only_when_that_would_be()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch(records: 3));
        scene.Appended(Batch(0, records: 2));
        scene.Log.Flush(new Offset(3));
        var again = scene.Append(Batch(0, records: 2));
        Assert.Equal((ErrorCode.None, new Offset(3), new Offset(5)), (again.Error, again.BaseOffset, again.Required));
        Assert.Equal(5, scene.Log.EndOffset.Value);
        var wait = scene.Wait(again.Required.Value);
        Assert.False(wait.IsCompleted);
        scene.Log.Flush();
        Assert.Equal(ErrorCode.None, await wait);
    }

    [Fact]
    public void The_last_five_batches_are_known_again_and_the_sixth_is_out_of_order()
    {
        var scene = new Scene();
        for (var i = 0; i < 6; i++)
        {
            scene.Appended(Batch(i * 2, records: 2));
        }

        for (var i = 1; i < 6; i++)
        {
            Assert.Equal(i * 2, scene.Appended(Batch(i * 2, records: 2)).Value);
        }

        Assert.Equal(12, scene.Log.EndOffset.Value);
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(0, records: 2));
        // Not the same batch: it begins where one began and ends elsewhere.
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(10, records: 1));
        Assert.Equal(12, scene.Appended(Batch(12)).Value);
    }

    [Fact]
    public void A_gap_is_out_of_order()
    {
        var scene = new Scene();
        scene.Appended(Batch(0, records: 3));
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(4));
        scene.Appended(Batch(3));
    }

    [Fact]
    public void Sequences_wrap()
    {
        var scene = new Scene();
        scene.Appended(Batch(Last - 1, records: 2));
        scene.Appended(Batch(0, records: 2));
        Assert.Equal(0, scene.Appended(Batch(Last - 1, records: 2)).Value);
        Assert.Equal(2, scene.Appended(Batch(0, records: 2)).Value);
        var across = new Scene();
        across.Appended(Batch(Last, records: 3));
        Assert.Equal(1, across.Partition.Producers()[0].LastSequence);
        Assert.Equal(0, across.Appended(Batch(Last, records: 3)).Value);
        across.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(3));
        across.Appended(Batch(2));
    }

    [Fact]
    public void A_new_epoch_begins_at_zero_and_ends_the_old_one()
    {
        var scene = new Scene();
        scene.Appended(Batch(0, epoch: 1));
        scene.Appended(Batch(1, epoch: 1));
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(2, epoch: 2));
        scene.Appended(Batch(0, epoch: 2));
        scene.Refused(ErrorCode.InvalidProducerEpoch, Batch(2, epoch: 1));
        // Even what it did append: its successor has taken over.
        scene.Refused(ErrorCode.InvalidProducerEpoch, Batch(1, epoch: 1));
        Assert.Equal(2, scene.Appended(Batch(0, epoch: 2)).Value);
    }

    [Fact]
    public void An_unknown_producer_may_begin_anywhere()
    {
        var scene = new Scene();
        scene.Appended(Batch(500, epoch: 3));
        scene.Appended(Batch(501, epoch: 3));
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(503, epoch: 3));
    }

    [Fact]
    public void Producers_do_not_know_each_other()
    {
        var scene = new Scene();
        scene.Appended(Batch(0, producer: 1));
        scene.Appended(Batch(0, producer: 2));
        scene.Appended(Scene.Batch());
        Assert.Equal(0, scene.Appended(Batch(0, producer: 1)).Value);
        Assert.Equal(1, scene.Appended(Batch(0, producer: 2)).Value);
    }

    [Fact]
    public void A_producer_without_sequence_or_epoch_is_refused()
    {
        var scene = new Scene();
        scene.Refused(ErrorCode.InvalidRecord, Batch(-1));
        scene.Refused(ErrorCode.InvalidRecord, Batch(0, epoch: -1));
    }

    [Fact]
    public void A_duplicate_is_known_by_its_sequences_whatever_the_topic_stores()
    {
        var scene = new Scene(rules: new PartitionRules { Compression = CompressionType.Zstd, TimestampType = TimestampType.LogAppendTime });
        scene.Appended(Batch(0, records: 4));
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        var again = scene.Append(Batch(0, records: 4, compression: CompressionType.Gzip));
        // With the time it was appended at, not the time it came again.
        Assert.Equal((ErrorCode.None, Offset.Zero, Scene.Start), (again.Error, again.BaseOffset, again.LogAppendTimeMs));
        Assert.Equal(4, scene.Log.EndOffset.Value);
    }

    [Fact]
    public void The_brokers_own_batches_are_held_to_the_epoch_alone()
    {
        var scene = new Scene();
        var own = Scene.All with { Origin = AppendOrigin.Coordinator };
        scene.Appended(Batch(0, epoch: 1));
        scene.Appended(ControlRecord.BuildEndTransactionMarker(ControlRecordType.Abort, Scene.Start, 7, 2, 0), own);
        scene.Refused(ErrorCode.InvalidProducerEpoch, ControlRecord.BuildEndTransactionMarker(ControlRecordType.Abort, Scene.Start, 7, 1, 0), own);
        // Of epoch 2 there is only the marker.
        Assert.Equal(-1, scene.Partition.Producers()[0].LastSequence);
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(1, epoch: 2));
        scene.Appended(Batch(0, epoch: 2));
    }

    [Fact]
    public void Silent_producers_are_forgotten_by_the_brokers_clock()
    {
        var scene = new Scene(producers: new ProducerOptions { Expiration = TimeSpan.FromHours(1) });
        // The record's own time is no reason to forget or to remember.
        scene.Appended(Scene.Batch(timestampMs: 1, producer: 1, epoch: 0, sequence: 0));
        scene.Time.Advance(TimeSpan.FromMinutes(40));
        scene.Appended(Batch(0, producer: 2));
        scene.Time.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal([1, 2], scene.Partition.Producers().Select(producer => producer.ProducerId).Order());
        scene.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([2], scene.Partition.Producers().Select(producer => producer.ProducerId));
        scene.Appended(Batch(99, producer: 1));
    }

    [Fact]
    public void The_number_of_producers_is_bounded_and_the_silent_go_first()
    {
        var scene = new Scene(producers: new ProducerOptions { MaxProducers = 3 });
        scene.Appended(Batch(0, producer: 1));
        scene.Appended(Batch(0, producer: 2));
        scene.Appended(Batch(0, producer: 3));
        scene.Appended(Batch(1, producer: 1));
        scene.Appended(Batch(0, producer: 4));
        Assert.Equal([1, 3, 4], scene.Partition.Producers().Select(producer => producer.ProducerId).Order());
    }

    [Fact]
    public void Producers_are_described()
    {
        var scene = new Scene();
        scene.Appended(Batch(5, records: 4, epoch: 2));
        Assert.Equal([new ActiveProducer(7, 2, 8, Scene.Start, -1, new Offset(-1))], scene.Partition.Producers());
    }

    [Fact]
    public void After_a_crash_duplicates_are_known_from_the_log()
    {
        var before = new Scene();
        before.Appended(Batch(0, records: 2));
        before.Appended(Batch(2, records: 2));
        before.Log.Flush();
        before.Appended(Batch(4, records: 2));
        var after = new Scene(log: before.Log.Reopen(), time: before.Time);
        Assert.Equal(0, after.Appended(Batch(0, records: 2)).Value);
        Assert.Equal(2, after.Appended(Batch(2, records: 2)).Value);
        // What was not flushed is appended, not taken for a duplicate.
        Assert.Equal(4, after.Appended(Batch(4, records: 2)).Value);
        Assert.Equal(6, after.Log.EndOffset.Value);
    }

    [Fact]
    public void After_a_clean_end_the_snapshot_is_all_that_is_read()
    {
        var before = new Scene();
        before.Appended(Batch(0, records: 2));
        before.Appended(Batch(2, records: 2));
        before.Appended(Scene.Batch());
        before.Log.Flush();
        before.Partition.Close();
        var (offset, producers) = Assert.Single(before.Log.Snapshots);
        Assert.Equal(5, offset.Value);
        Assert.Equal([new ProducerSnapshotEntry(7, 0, 3, new Offset(3), 1, Scene.Start, -1, new Offset(-1))], producers);
        var after = new Scene(log: before.Log.Reopen(), time: before.Time);
        Assert.Equal(2, after.Appended(Batch(2, records: 2)).Value);
        after.Appended(Batch(4));
    }

    [Fact]
    public void What_is_already_in_a_snapshot_is_not_written_again()
    {
        var first = new Scene();
        first.Appended(Batch(0));
        first.Log.Flush();
        first.Partition.Close();
        var second = new Scene(log: first.Log.Reopen(), time: first.Time);
        second.Partition.Close();
        Assert.Single(second.Log.Snapshots);
        var empty = new Scene();
        empty.Partition.Close();
        Assert.Empty(empty.Log.Snapshots);
    }

    [Fact]
    public void A_new_segment_begins_with_a_snapshot_of_what_came_before()
    {
        var scene = new Scene();
        // The first segment has nothing before it.
        scene.Log.StartsSegment = true;
        scene.Appended(Batch(0));
        Assert.Empty(scene.Log.Snapshots);
        scene.Log.StartsSegment = true;
        scene.Appended(Batch(1));
        var (offset, producers) = Assert.Single(scene.Log.Snapshots);
        Assert.Equal((1, 0), (offset.Value, producers[0].LastSequence));
    }

    [Fact]
    public void Producers_silent_over_a_restart_are_forgotten_too()
    {
        var options = new ProducerOptions { Expiration = TimeSpan.FromHours(1) };
        var before = new Scene(producers: options);
        before.Appended(Batch(0, producer: 1));
        before.Time.Advance(TimeSpan.FromMinutes(50));
        before.Appended(Batch(0, producer: 2));
        before.Log.Flush();
        before.Partition.Close();
        before.Time.Advance(TimeSpan.FromMinutes(20));
        var after = new Scene(log: before.Log.Reopen(), time: before.Time, producers: options);
        Assert.Equal([2], after.Partition.Producers().Select(producer => producer.ProducerId));
    }

    [Fact]
    public void Who_leads_again_reads_back_what_others_may_have_written()
    {
        var scene = new Scene();
        scene.Appended(Batch(0));
        scene.Partition.Resign(new LeaderEpoch(2));
        Assert.Empty(scene.Partition.Producers());
        Assert.Equal(1, Assert.Single(scene.Log.Snapshots).Offset.Value);
        scene.Partition.Lead(new LeaderEpoch(3));
        Assert.Equal(0, scene.Appended(Batch(0)).Value);
        Assert.Equal(1, scene.Appended(Batch(1)).Value);
    }
}

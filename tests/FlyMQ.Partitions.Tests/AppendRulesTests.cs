using System.Buffers;
using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

public class AppendRulesTests
{
    private const long Now = Scene.Start, Hour = 3_600_000;

    [Fact]
    public void A_batch_is_stored_as_it_was_sent_but_for_offset_and_epoch()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch(records: 4));
        var sent = Scene.Batch(records: 2, compression: CompressionType.Lz4);
        Assert.Equal(4, scene.Appended(sent).Value);
        RecordBatchHeader.Stamp(sent, new Offset(4), new LeaderEpoch(1));
        Assert.Equal(sent, scene.Log.Batches[1]);
    }

    [Fact]
    public void A_batch_may_come_in_pieces()
    {
        var scene = new Scene();
        var sent = Scene.Batch(records: 20);
        var first = new Piece(sent.AsMemory(0, 30), null);
        var last = new Piece(sent.AsMemory(30), first);
        var outcome = scene.Partition.Append(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length), Scene.All);
        Assert.Equal((ErrorCode.None, new Offset(20)), (outcome.Error, outcome.Required));
    }

    [Fact]
    public void Exactly_one_batch_is_taken()
    {
        var scene = new Scene();
        scene.Refused(ErrorCode.InvalidRecord, []);
        scene.Refused(ErrorCode.InvalidRecord, [.. Scene.Batch(), .. Scene.Batch()]);
        scene.Refused(ErrorCode.InvalidRecord, [.. Scene.Batch(), 0]);
        scene.Refused(ErrorCode.InvalidRecord, Scene.Batch()[..^1]);
        scene.Refused(ErrorCode.InvalidRecord, Scene.Batch()[..20]);
    }

    [Fact]
    public void Bytes_that_changed_on_their_way_are_corrupt()
    {
        var scene = new Scene();
        var batch = Scene.Batch();
        batch[^1] ^= 1;
        scene.Refused(ErrorCode.CorruptMessage, batch);
    }

    [Fact]
    public void Records_that_do_not_add_up_are_refused()
        => new Scene().Refused(ErrorCode.InvalidRecord, Scene.Changed(Scene.Batch(records: 2), header => header with { RecordCount = 3, LastOffsetDelta = 2 }));

    [Fact]
    public void Old_formats_and_unknown_ones_are_told_apart()
    {
        var scene = new Scene();
        var batch = Scene.Batch();
        batch[16] = 1;
        scene.Refused(ErrorCode.UnsupportedForMessageFormat, batch);
        batch[16] = 3;
        scene.Refused(ErrorCode.CorruptMessage, batch);
    }

    [Fact]
    public void A_batch_over_the_topics_limit_is_too_large()
    {
        var batch = Scene.Batch(records: 10);
        var scene = new Scene(rules: new PartitionRules { MaxMessageBytes = batch.Length });
        scene.Appended(batch);
        scene.Partition.Rules = new PartitionRules { MaxMessageBytes = batch.Length - 1 };
        scene.Refused(ErrorCode.MessageTooLarge, batch);
    }

    [Fact]
    public void A_batch_over_a_whole_segment_is_refused()
        => new Scene(log: new MemoryLog { Config = LogConfig.Default with { SegmentBytes = 80 } }).Refused(ErrorCode.RecordListTooLarge, Scene.Batch(records: 10));

    [Fact]
    public void A_batch_that_grows_over_the_limit_by_the_topics_codec_is_too_large()
    {
        var batch = Big(CompressionType.Zstd);
        new Scene(rules: new PartitionRules { MaxMessageBytes = 20_000, Compression = CompressionType.None }).Refused(ErrorCode.MessageTooLarge, batch);
    }

    [Theory]
    [InlineData(CompressionType.None, false)]
    [InlineData(null, true)]
    public void A_batch_that_opens_beyond_the_bound_is_too_large(CompressionType? codec, bool compact)
        => new Scene(rules: new PartitionRules { MaxOpenedBytes = 50_000, Compression = codec, Compact = compact }).Refused(ErrorCode.MessageTooLarge, Big(CompressionType.Gzip));

    [Fact]
    public void Acks_are_one_of_three()
    {
        var scene = new Scene();
        scene.Refused(ErrorCode.InvalidRequiredAcks, Scene.Batch(), new AppendOptions(2));
        scene.Refused(ErrorCode.InvalidRequiredAcks, Scene.Batch(), new AppendOptions(-2));
        scene.Appended(Scene.Batch(), new AppendOptions(0));
        scene.Appended(Scene.Batch(), new AppendOptions(1));
    }

    [Fact]
    public void Acks_all_needs_the_replicas_that_the_topic_asks_for()
    {
        var scene = new Scene(rules: new PartitionRules { MinInSyncReplicas = 2 });
        // More than there are replicas cannot be asked for.
        scene.Appended(Scene.Batch());
        scene.Partition.Replicas = new ReplicaCounts(InSync: 1, Assigned: 3);
        scene.Refused(ErrorCode.NotEnoughReplicas, Scene.Batch());
        scene.Appended(Scene.Batch(), new AppendOptions(1));
        scene.Partition.Replicas = new ReplicaCounts(InSync: 2, Assigned: 3);
        scene.Appended(Scene.Batch());
    }

    [Fact]
    public void Zstd_is_refused_where_the_protocol_is_older()
    {
        var scene = new Scene();
        var batch = Scene.Batch(compression: CompressionType.Zstd);
        scene.Refused(ErrorCode.UnsupportedCompressionType, batch, Scene.All with { AllowZstd = false });
        scene.Appended(batch);
    }

    [Fact]
    public void Transactions_are_not_there_yet()
        => new Scene().Refused(ErrorCode.InvalidTxnState, Scene.Batch(producer: 7, epoch: 0, sequence: 0, transactional: true));

    [Fact]
    public void Control_batches_are_the_brokers_own()
    {
        var scene = new Scene();
        var marker = ControlRecord.BuildEndTransactionMarker(ControlRecordType.Commit, Now, 7, 0, 0);
        Assert.Contains("control", scene.Refused(ErrorCode.InvalidRecord, marker).Message, StringComparison.Ordinal);
        scene.Partition.Rules = new PartitionRules { Compact = true, Compression = CompressionType.Zstd };
        scene.Appended(marker, Scene.All with { Origin = AppendOrigin.Coordinator });
    }

    [Fact]
    public void Offsets_are_not_the_producers_to_choose()
        => new Scene().Refused(ErrorCode.InvalidRecord, Scene.Changed(Scene.Batch(), header => header with { BaseOffset = new Offset(5) }));

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Snappy)]
    public void A_compacted_topic_refuses_records_without_a_key_and_names_them(CompressionType compression)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        var batch = builder.Append(Now, [1], [1]).Append(Now, (byte[]?)null, [1]).Append(Now, [], null).Append(Now, (byte[]?)null, [1]).Build();
        var scene = new Scene(rules: new PartitionRules { Compact = true });
        var outcome = scene.Refused(ErrorCode.InvalidRecord, batch);
        Assert.Equal([1, 3], outcome.RecordErrors!.Select(error => error.Index));
        Assert.All(outcome.RecordErrors!, error => Assert.NotEmpty(error.Message));
        scene.Appended(Scene.Batch(records: 3, compression: compression));
        scene.Partition.Rules = new PartitionRules();
        scene.Appended(batch);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    public void Create_times_stay_within_the_topics_bounds(CompressionType compression)
    {
        var scene = new Scene(rules: new PartitionRules { TimestampBeforeMaxMs = Hour, TimestampAfterMaxMs = 2 * Hour });
        scene.Appended(Times(compression, Now - Hour, Now, Now + (2 * Hour)));
        scene.Appended(Times(compression, Now, -1, Now));
        var late = scene.Refused(ErrorCode.InvalidTimestamp, Times(compression, Now, Now + (2 * Hour) + 1, Now, Now + (9 * Hour)));
        Assert.Equal([1, 3], late.RecordErrors!.Select(error => error.Index));
        var early = scene.Refused(ErrorCode.InvalidTimestamp, Times(compression, Now - Hour - 1, Now));
        Assert.Equal([0], early.RecordErrors!.Select(error => error.Index));
        scene.Partition.Rules = new PartitionRules();
        scene.Appended(Times(compression, 0, Now));
        Assert.Equal([1], scene.Refused(ErrorCode.InvalidTimestamp, Times(compression, 0, Now + Hour + 1)).RecordErrors!.Select(error => error.Index));
        scene.Partition.Rules = new PartitionRules { TimestampAfterMaxMs = long.MaxValue };
        scene.Appended(Times(compression, long.MaxValue / 2));
        scene.Partition.Rules = new PartitionRules { TimestampType = TimestampType.LogAppendTime };
        scene.Appended(Times(compression, 0, long.MaxValue / 2));
    }

    [Fact]
    public void A_compressed_batch_whose_header_alone_is_out_of_bounds_is_refused()
    {
        var batch = Scene.Changed(Scene.Batch(compression: CompressionType.Lz4), header => header with { MaxTimestamp = Now + (2 * Hour) });
        new Scene().Refused(ErrorCode.InvalidTimestamp, batch);
    }

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Zstd)]
    public void Append_time_is_written_into_the_batch_and_the_answer(CompressionType compression)
    {
        var scene = new Scene(rules: new PartitionRules { TimestampType = TimestampType.LogAppendTime });
        var outcome = scene.Append(Scene.Batch(timestampMs: 5, compression: compression));
        Assert.Equal((ErrorCode.None, Now), (outcome.Error, outcome.LogAppendTimeMs));
        Assert.Equal((TimestampType.LogAppendTime, Now, compression), (scene.Log.Headers[0].TimestampType, scene.Log.Headers[0].MaxTimestamp, scene.Log.Headers[0].Compression));
        Assert.Equal(-1, new Scene().Append(Scene.Batch()).LogAppendTimeMs);
    }

    [Fact]
    public void The_timestamp_type_is_not_the_producers_to_choose()
    {
        using var builder = new RecordBatchBuilder { TimestampType = TimestampType.LogAppendTime };
        new Scene().Refused(ErrorCode.InvalidTimestamp, builder.Append(Now, [1], [1]).Build());
    }

    [Theory]
    [InlineData(CompressionType.None, CompressionType.Zstd)]
    [InlineData(CompressionType.Gzip, CompressionType.None)]
    [InlineData(CompressionType.Lz4, CompressionType.Lz4)]
    public void The_topics_codec_holds(CompressionType sent, CompressionType wanted)
    {
        var scene = new Scene(rules: new PartitionRules { Compression = wanted });
        scene.Appended(Scene.Batch(records: 5, compression: sent, producer: 3, epoch: 1, sequence: 9));
        var stored = scene.Log.Headers[0];
        Assert.Equal((wanted, 5, 3L, 9), (stored.Compression, stored.RecordCount, stored.ProducerId, stored.BaseSequence));
        using var opened = OpenedBatch.Open(scene.Log.Batches[0], stored, 10_000);
        var keys = new List<int>();
        foreach (var record in opened.Records)
        {
            keys.Add(record.Key[0]);
        }

        Assert.Equal([0, 1, 2, 3, 4], keys);
    }

    [Fact]
    public void A_header_that_is_wrong_about_its_records_times_is_put_right()
    {
        var scene = new Scene();
        scene.Appended(Scene.Changed(Times(CompressionType.None, Now - 5, Now - 2, Now - 9), header => header with { MaxTimestamp = -1 }));
        Assert.Equal(Now - 2, scene.Log.Headers[0].MaxTimestamp);
    }

    [Theory]
    [InlineData(LogFault.StorageFull, ErrorCode.KafkaStorageError)]
    [InlineData(LogFault.Fenced, ErrorCode.KafkaStorageError)]
    public void What_the_log_cannot_do_is_told_in_Kafkas_words(LogFault fault, ErrorCode error)
    {
        var scene = new Scene(log: new MemoryLog { Fault = fault });
        scene.Refused(error, Scene.Batch(producer: 1, epoch: 0, sequence: 0));
        scene.Log.Fault = LogFault.None;
        // A refused batch is not remembered as one that was appended.
        scene.Appended(Scene.Batch(producer: 1, epoch: 0, sequence: 0));
    }

    [Fact]
    public void A_refusal_tells_the_logs_start()
    {
        var scene = new Scene(log: new MemoryLog { StartOffset = Offset.Zero });
        scene.Appended(Scene.Batch(records: 5));
        scene.Log.Flush();
        scene.Log.Advance(new Offset(3));
        Assert.Equal(3, scene.Refused(ErrorCode.InvalidRecord, []).LogStartOffset.Value);
        Assert.Equal(3, scene.Append(Scene.Batch()).LogStartOffset.Value);
    }

    private static byte[] Big(CompressionType compression)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        return builder.Append(Now, [1], new byte[100_000]).Build();
    }

    private static byte[] Times(CompressionType compression, params long[] timestampsMs)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        foreach (var timestampMs in timestampsMs)
        {
            builder.Append(timestampMs, [1], [2]);
        }

        return builder.Build();
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? after)
        {
            Memory = memory;
            RunningIndex = after is null ? 0 : after.RunningIndex + after.Memory.Length;
            after?.Next = this;
        }
    }
}

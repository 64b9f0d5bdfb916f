using System.Buffers;
using CsCheck;

namespace FlyMQ.Records.Tests;

public class RecordBatchTests
{
    private static readonly Gen<CompressionType> Codec = Gen.Enum<CompressionType>();

    [Fact]
    public void What_is_built_is_valid_and_reads_back_whatever_the_codec_and_the_pieces()
        => Gen.Select(PlainRecord.Some, Codec, Gen.Int[1, 300]).Sample((records, codec, pieceSize) =>
        {
            var batch = Pieces.Of(PlainRecord.Batch(records, codec), pieceSize);
            Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateProduced(batch, out var header));
            Assert.Equal(records.Length, header.RecordCount);
            Assert.Equal(codec, header.Compression);
            Assert.Equal(records.Max(r => r.TimestampMs), header.MaxTimestamp);
            Assert.Equal(RecordBatchFault.None, OpenedBatch.TryOpen(batch, header, 1 << 24, out var opened));
            using (opened)
            {
                return PlainRecord.Same(records, PlainRecord.Read(opened!.Records));
            }
        }, iter: 400);

    [Fact]
    public void Any_changed_byte_is_noticed_but_for_the_two_fields_a_leader_stamps()
        => Gen.Select(PlainRecord.Some, Gen.Int[0, int.MaxValue], Gen.Int[1, 255]).Sample((records, at, change) =>
        {
            var batch = PlainRecord.Batch(records.Take(3));
            var position = at % batch.Length;
            batch[position] ^= (byte)change;
            var fault = RecordBatchValidator.ValidateProduced(new ReadOnlySequence<byte>(batch), out _);
            var isLeaderEpoch = position is >= 12 and < 16;
            return isLeaderEpoch == (fault == RecordBatchFault.None);
        }, iter: 3000);

    [Fact]
    public void Cut_bytes_and_bytes_after_the_batch_are_told_apart()
    {
        var batch = PlainRecord.Batch([new PlainRecord(5, [1], [2, 3], [("h", [4])])]);
        for (var length = 0; length < batch.Length; length++)
        {
            var expected = length == 0 ? RecordBatchFault.Empty : RecordBatchFault.Truncated;
            Assert.Equal(expected, RecordBatchValidator.ValidateFrame(Pieces.Of(batch.AsMemory(0, length), 7), out _));
        }

        Assert.Equal(RecordBatchFault.MoreThanOneBatch, RecordBatchValidator.ValidateFrame(Pieces.Of((byte[])[.. batch, 0], 7), out _));
        Assert.Equal(RecordBatchFault.MoreThanOneBatch, RecordBatchValidator.ValidateFrame(Pieces.Of((byte[])[.. batch, .. batch], 7), out _));
    }

    public static TheoryData<string, RecordBatchFault> Edits => new()
    {
        { "nothing", RecordBatchFault.None },
        { "magic 1", RecordBatchFault.OldFormat },
        { "magic 3", RecordBatchFault.UnknownMagic },
        { "length 48", RecordBatchFault.ImpossibleLength },
        { "negative length", RecordBatchFault.ImpossibleLength },
        { "largest length", RecordBatchFault.ImpossibleLength },
        { "base offset 1", RecordBatchFault.NonZeroBaseOffset },
        { "codec 5", RecordBatchFault.UnknownCompression },
        { "attribute bit 7", RecordBatchFault.UnknownAttributes },
        { "control", RecordBatchFault.UnknownAttributes },
        { "delete horizon", RecordBatchFault.UnknownAttributes },
        { "transactional without a producer", RecordBatchFault.InvalidSequence },
        { "count 0", RecordBatchFault.InconsistentCount },
        { "count 2", RecordBatchFault.InconsistentCount },
        { "count and delta 2", RecordBatchFault.MalformedRecords },
        { "producer without sequence", RecordBatchFault.InvalidSequence },
        { "producer without epoch", RecordBatchFault.InvalidSequence },
        { "record length one more", RecordBatchFault.MalformedRecords },
        { "offset delta 1", RecordBatchFault.MalformedRecords },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void Each_rule_of_the_header_has_its_fault(string edit, RecordBatchFault expected)
    {
        var batch = PlainRecord.Batch([new PlainRecord(5, [1], [2, 3], [])]);
        Assert.True(RecordBatchHeader.TryRead(batch, out var header));
        header = edit switch
        {
            "magic 1" => header with { Magic = 1 },
            "magic 3" => header with { Magic = 3 },
            "length 48" => header with { BatchLength = 48 },
            "negative length" => header with { BatchLength = int.MinValue },
            "largest length" => header with { BatchLength = int.MaxValue },
            "base offset 1" => header with { BaseOffset = new Offset(1) },
            "codec 5" => header with { Attributes = 5 },
            "attribute bit 7" => header with { Attributes = 0x80 },
            "control" => header with { Attributes = 0x20 },
            "delete horizon" => header with { Attributes = 0x40 },
            "transactional without a producer" => header with { Attributes = 0x10 },
            "count 0" => header with { RecordCount = 0, LastOffsetDelta = -1 },
            "count 2" => header with { RecordCount = 2 },
            "count and delta 2" => header with { RecordCount = 2, LastOffsetDelta = 1 },
            "producer without sequence" => header with { ProducerId = 7, ProducerEpoch = 0, BaseSequence = -1 },
            "producer without epoch" => header with { ProducerId = 7, ProducerEpoch = -1, BaseSequence = 0 },
            _ => header,
        };
        // The first record: length, attributes, timestamp delta, offset delta.
        _ = edit switch
        {
            "record length one more" => batch[RecordBatchHeader.Size] += 2,
            "offset delta 1" => batch[RecordBatchHeader.Size + 3] = 2,
            _ => batch[0],
        };
        RecordBatchHeader.WriteWithCrc(batch, header);
        Assert.Equal(expected, RecordBatchValidator.ValidateProduced(new ReadOnlySequence<byte>(batch), out _));
    }

    [Fact]
    public void Random_records_under_a_right_checksum_never_throw_and_agree_with_the_reader()
        => Gen.Select(PlainRecord.Some, Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[1, 50]).Sample((records, at, value, pieceSize) =>
        {
            var batch = PlainRecord.Batch(records.Take(4));
            batch[RecordBatchHeader.Size + (at % (batch.Length - RecordBatchHeader.Size))] = value;
            Assert.True(RecordBatchHeader.TryRead(batch, out var header));
            header = RecordBatchHeader.WriteWithCrc(batch, header);
            var fault = RecordBatchValidator.ValidateProduced(Pieces.Of(batch, pieceSize), out _);
            Assert.Equal(fault, RecordBatchValidator.ValidateProduced(new ReadOnlySequence<byte>(batch), out _));
            if (fault == RecordBatchFault.None)
            {
                PlainRecord.Read(new RecordReader(header, batch.AsSpan(RecordBatchHeader.Size)));
            }

            return fault is RecordBatchFault.None or RecordBatchFault.MalformedRecords;
        }, iter: 3000);

    [Fact]
    public void Stamping_leaves_the_checksum_right()
    {
        var batch = PlainRecord.Batch([new PlainRecord(5, null, null, [])]);
        RecordBatchHeader.Stamp(batch, new Offset(1L << 40), new LeaderEpoch(9));
        Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateFrame(new ReadOnlySequence<byte>(batch), out var header));
        Assert.Equal(new Offset(1L << 40), header.BaseOffset);
        Assert.Equal(new LeaderEpoch(9), header.LeaderEpoch);
    }

    [Fact]
    public void Batches_in_a_row_are_stepped_through_and_a_cut_one_ends_the_row()
    {
        var one = PlainRecord.Batch([new PlainRecord(1, [1], null, [])]);
        var two = PlainRecord.Batch([new PlainRecord(2, [2], null, []), new PlainRecord(3, [3], null, [])]);
        var sizes = new List<int>();
        foreach (var batch in new RecordBatchReader((byte[])[.. one, .. two, .. one.AsSpan(0, one.Length - 1)]))
        {
            sizes.Add(batch.Length);
        }

        Assert.Equal([one.Length, two.Length], sizes);
    }

    [Fact]
    public void A_marker_reads_back()
    {
        var batch = ControlRecord.BuildEndTransactionMarker(ControlRecordType.Commit, 77, producerId: 4, producerEpoch: 2, coordinatorEpoch: 11);
        Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateFrame(new ReadOnlySequence<byte>(batch), out var header));
        Assert.True(header.IsControl && header.IsTransactional);
        Assert.Equal(-1, header.BaseSequence);
        foreach (var record in new RecordReader(header, batch.AsSpan(RecordBatchHeader.Size)))
        {
            Assert.True(ControlRecord.TryReadType(record.Key, out var type));
            Assert.Equal(ControlRecordType.Commit, type);
            Assert.True(ControlRecord.TryReadCoordinatorEpoch(record.Value, out var epoch));
            Assert.Equal(11, epoch);
        }
    }
}

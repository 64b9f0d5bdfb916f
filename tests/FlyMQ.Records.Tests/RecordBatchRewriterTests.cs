using System.Buffers;
using CsCheck;

namespace FlyMQ.Records.Tests;

public class RecordBatchRewriterTests
{
    [Fact]
    public void Another_codec_keeps_the_records_and_the_producer()
        => Gen.Select(PlainRecord.Some, Gen.Enum<CompressionType>(), Gen.Enum<CompressionType>(), Gen.Int[1, 400]).Sample((records, from, to, pieceSize) =>
        {
            using var builder = new RecordBatchBuilder { Compression = from, ProducerId = 5, ProducerEpoch = 3, BaseSequence = 8 };
            var batch = Pieces.Of(PlainRecord.Fill(builder, records).Build(), pieceSize);
            Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateProduced(batch, out var header));
            using var rewritten = new PooledBuffer();
            Assert.Equal(RecordBatchFault.None, RecordBatchRewriter.TryRewrite(batch, header, to, null, null, 1 << 24, rewritten, out var expected));
            Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateProduced(new ReadOnlySequence<byte>(rewritten.WrittenMemory), out var actual));
            Assert.Equal(expected, actual);
            Assert.Equal((to, 5L, (short)3, 8), (actual.Compression, actual.ProducerId, actual.ProducerEpoch, actual.BaseSequence));
            using var opened = OpenedBatch.Open(rewritten.WrittenMemory, actual, 1 << 24);
            return PlainRecord.Same(records, PlainRecord.Read(opened.Records));
        }, iter: 300);

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Zstd)]
    public void Append_time_is_every_records_time(CompressionType target)
    {
        var batch = PlainRecord.Batch([new PlainRecord(5, [1], null, []), new PlainRecord(9, [2], null, [])]);
        Assert.True(RecordBatchHeader.TryRead(batch, out var header));
        using var rewritten = new PooledBuffer();
        Assert.Equal(RecordBatchFault.None, RecordBatchRewriter.TryRewrite(new ReadOnlySequence<byte>(batch), header, target, null, 1234, 1000, rewritten, out _));
        Assert.Equal(RecordBatchFault.None, RecordBatchValidator.ValidateProduced(new ReadOnlySequence<byte>(rewritten.WrittenMemory), out var actual));
        Assert.Equal(TimestampType.LogAppendTime, actual.TimestampType);
        Assert.Equal(1234, actual.MaxTimestamp);
        Assert.Equal(target, actual.Compression);
        using var opened = OpenedBatch.Open(rewritten.WrittenMemory, actual, 1000);
        Assert.Equal([1234, 1234], PlainRecord.Read(opened.Records).Select(r => r.TimestampMs));
    }

    [Fact]
    public void Nonsense_inside_a_valid_frame_is_refused_when_it_has_to_be_opened()
    {
        using var payload = new PooledBuffer();
        RecordCompression.Compress(CompressionType.Gzip, null, "these are not records"u8, payload);
        byte[] batch = [.. PlainRecord.Batch([new PlainRecord(1, null, null, [])]).AsSpan(0, RecordBatchHeader.Size), .. payload.WrittenSpan];
        Assert.True(RecordBatchHeader.TryRead(batch, out var header));
        header = RecordBatchHeader.WriteWithCrc(batch, header with { BatchLength = batch.Length - RecordBatchHeader.LogOverhead, Attributes = 1 });
        using var rewritten = new PooledBuffer();
        Assert.Equal(
            RecordBatchFault.MalformedRecords,
            RecordBatchRewriter.TryRewrite(new ReadOnlySequence<byte>(batch), header, CompressionType.None, null, null, 1000, rewritten, out _));
    }
}

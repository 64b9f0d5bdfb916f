using System.Buffers;
using FlyMQ.Records;

namespace FlyMQ.Storage.Tests;

internal static class TestBatches
{
    public static byte[] Batch(int records, long timestampMs = 1000, int valueBytes = 20, CompressionType compression = CompressionType.None, byte fill = 7)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        for (var i = 0; i < records; i++)
        {
            var value = new byte[valueBytes];
            value.AsSpan().Fill(fill);
            builder.Append(timestampMs + i, BitConverter.GetBytes(i), value);
        }

        return builder.Build().ToArray();
    }

    public static LogAppend Append(this IPartitionLog log, byte[] batch, LeaderEpoch epoch)
    {
        RecordBatchHeader.TryRead(batch, out var header);
        return log.Append(new ReadOnlySequence<byte>(batch), header, log.EndOffset, epoch);
    }

    /// <summary>Base offsets and records of all batches from an offset on.</summary>
    public static List<(RecordBatchHeader Header, byte[] Bytes)> ReadAll(this IPartitionLog log, Offset from, int maxBytes = 1 << 20)
    {
        var all = new List<(RecordBatchHeader, byte[])>();
        while (from < log.EndOffset)
        {
            var read = log.Read(from, log.EndOffset, maxBytes, atLeastOneBatch: true);
            Assert.Equal(LogFault.None, read.Fault);
            Assert.NotNull(read.Records);
            var bytes = new ArrayBufferWriter<byte>();
            using (read.Records)
            {
                read.Records.CopyTo(bytes);
                Assert.Equal(read.Records.Length, bytes.WrittenCount);
            }

            foreach (var batch in new RecordBatchReader(bytes.WrittenMemory))
            {
                RecordBatchHeader.TryRead(batch.Span, out var header);
                Assert.Equal(header.Crc, Crc32C.Compute(batch.Span[RecordBatchHeader.CrcCoverageStart..]));
                all.Add((header, batch.ToArray()));
            }

            Assert.True(read.NextOffset > from);
            Assert.Equal(all[^1].Item1.NextOffset, read.NextOffset);
            from = read.NextOffset;
        }

        return all;
    }
}

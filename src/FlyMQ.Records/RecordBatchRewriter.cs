using System.Buffers;

namespace FlyMQ.Records;

/// <summary>
/// The cases in which a leader does not store what it was sent: append time (KIP-32) and a topic's own <c>compression.type</c>.
/// </summary>
public static class RecordBatchRewriter
{
    /// <summary>
    /// Makes a batch say when it was appended: attribute bit, max timestamp, CRC. The records keep their deltas (nobody reads them then).
    /// </summary>
    /// <returns>The batch's new header.</returns>
    public static RecordBatchHeader SetAppendTime(Span<byte> batch, in RecordBatchHeader header, long appendTimeMs)
        => RecordBatchHeader.WriteWithCrc(batch[..header.SizeInBytes], WithAppendTime(header, appendTimeMs));

    /// <summary>Copies a batch to the end of <paramref name="destination"/> with another codec, or another time, or both.</summary>
    /// <param name="batch">A batch that has been judged valid.</param>
    /// <param name="header">Its header.</param>
    /// <param name="target">The codec to have.</param>
    /// <param name="level">See <see cref="RecordCompression.Compress"/>.</param>
    /// <param name="appendTimeMs">Null to keep create times.</param>
    /// <param name="maxDecompressedBytes">The bound on the opened batch.</param>
    /// <param name="destination">Empty, or the fault leaves unfinished bytes at its end.</param>
    /// <param name="rewritten">The new header.</param>
    public static RecordBatchFault TryRewrite(
        in ReadOnlySequence<byte> batch,
        in RecordBatchHeader header,
        CompressionType target,
        int? level,
        long? appendTimeMs,
        int maxDecompressedBytes,
        PooledBuffer destination,
        out RecordBatchHeader rewritten)
    {
        rewritten = appendTimeMs is { } now ? WithAppendTime(header, now) : header;
        var start = destination.Length;
        if (target == header.Compression)
        {
            foreach (var piece in batch)
            {
                destination.Write(piece.Span);
            }

            rewritten = RecordBatchHeader.WriteWithCrc(destination.WrittenForPatch[start..], rewritten);
            return RecordBatchFault.None;
        }

        var fault = OpenedBatch.TryOpen(batch, header, maxDecompressedBytes, out var opened);
        if (opened is null)
        {
            return fault;
        }

        using (opened)
        {
            // What was compressed by a stranger is judged before it is stored in the open.
            fault = RecordBatchValidator.ValidateRecords(new ReadOnlySequence<byte>(opened.RecordBytes), header.RecordCount);
            if (fault != RecordBatchFault.None)
            {
                return fault;
            }

            destination.GetSpan(RecordBatchHeader.Size)[..RecordBatchHeader.Size].Clear();
            destination.Advance(RecordBatchHeader.Size);
            RecordCompression.Compress(target, level, opened.RecordBytes.Span, destination);
        }

        rewritten = rewritten with
        {
            BatchLength = destination.Length - start - RecordBatchHeader.LogOverhead,
            Attributes = RecordBatchHeader.ComposeAttributes(target, rewritten.TimestampType, header.IsTransactional, header.IsControl),
        };
        rewritten = RecordBatchHeader.WriteWithCrc(destination.WrittenForPatch[start..], rewritten);
        return RecordBatchFault.None;
    }

    private static RecordBatchHeader WithAppendTime(in RecordBatchHeader header, long appendTimeMs) => header with
    {
        Attributes = (short)(header.Attributes | ((int)TimestampType.LogAppendTime << 3)),
        MaxTimestamp = appendTimeMs,
    };
}

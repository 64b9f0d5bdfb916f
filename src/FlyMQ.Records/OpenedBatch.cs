using System.Buffers;

namespace FlyMQ.Records;

/// <summary>
/// A batch whose records can be read: its own bytes, or a pooled copy when they came compressed or in pieces. Dispose gives the copy back;
/// nothing read from <see cref="Records"/> may outlive it.
/// </summary>
public sealed class OpenedBatch : IDisposable
{
    private readonly PooledBuffer? _copy;
    private readonly ReadOnlyMemory<byte> _records;

    private OpenedBatch(in RecordBatchHeader header, ReadOnlyMemory<byte> records, PooledBuffer? copy)
    {
        Header = header;
        _records = records;
        _copy = copy;
    }

    public RecordBatchHeader Header { get; }

    /// <summary>The uncompressed bytes of the records.</summary>
    public ReadOnlyMemory<byte> RecordBytes => _records;

    /// <summary>Enumerates the records from the first.</summary>
    public RecordReader Records => new(Header, _records.Span);

    /// <summary>Opens a batch whose header has been judged.</summary>
    /// <param name="batch">The whole batch.</param>
    /// <param name="header">Its header.</param>
    /// <param name="maxBytes">The bound on the decompressed records.</param>
    /// <param name="opened">Null when the answer is a fault.</param>
    public static RecordBatchFault TryOpen(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, int maxBytes, out OpenedBatch? opened)
    {
        opened = null;
        var payload = batch.Slice(RecordBatchHeader.Size, header.SizeInBytes - RecordBatchHeader.Size);
        if (payload.IsSingleSegment)
        {
            return TryOpen(payload.First, header, maxBytes, out opened);
        }

        var contiguous = new PooledBuffer(sizeHint: (int)payload.Length);
        foreach (var piece in payload)
        {
            contiguous.Write(piece.Span);
        }

        if (header.Compression == CompressionType.None)
        {
            opened = new OpenedBatch(header, contiguous.WrittenMemory, contiguous);
            return RecordBatchFault.None;
        }

        using (contiguous)
        {
            return TryOpen(contiguous.WrittenMemory, header, maxBytes, out opened);
        }
    }

    /// <summary>Opens a batch that was accepted before: read back from a log.</summary>
    /// <exception cref="CorruptRecordException">It does not open.</exception>
    public static OpenedBatch Open(ReadOnlyMemory<byte> batch, in RecordBatchHeader header, int maxBytes)
    {
        var payload = batch[RecordBatchHeader.Size..header.SizeInBytes];
        var fault = TryOpen(payload, header, maxBytes, out var opened);
        return opened ?? throw new CorruptRecordException(fault);
    }

    public void Dispose() => _copy?.Dispose();

    private static RecordBatchFault TryOpen(ReadOnlyMemory<byte> payload, in RecordBatchHeader header, int maxBytes, out OpenedBatch? opened)
    {
        if (header.Compression == CompressionType.None)
        {
            opened = new OpenedBatch(header, payload, copy: null);
            return RecordBatchFault.None;
        }

        var decompressed = new PooledBuffer(maxBytes, Math.Min(payload.Length * 4L, maxBytes) is var hint && hint > 0 ? (int)Math.Min(hint, 1 << 20) : 1);
        var fault = RecordCompression.TryDecompress(header.Compression, payload.Span, decompressed);
        if (fault == RecordBatchFault.None)
        {
            opened = new OpenedBatch(header, decompressed.WrittenMemory, decompressed);
            return RecordBatchFault.None;
        }

        decompressed.Dispose();
        opened = null;
        return fault;
    }
}

using System.Buffers;

namespace FlyMQ.Records;

/// <summary>
/// Judges bytes that claim to be one record batch v2 (KIP-98), as they arrive: possibly in several pieces. Pure; the answer is a value.
/// Compressed records are not opened here: that the CRC holds is all a broker has to know to store them.
/// </summary>
public static class RecordBatchValidator
{
    // Compression, timestamp type, transactional, control, delete horizon.
    private const int KnownAttributes = 0x7F;
    private const int DeleteHorizonAttribute = 0x40;
    private const int MagicEnd = RecordBatchHeader.MagicPosition + 1;

    /// <summary>
    /// A whole batch from a producer: <see cref="ValidateFrame"/>, what only producers must keep to, and, when the records are not
    /// compressed, <see cref="ValidateRecords"/>.
    /// </summary>
    public static RecordBatchFault ValidateProduced(in ReadOnlySequence<byte> batch, out RecordBatchHeader header)
    {
        var fault = ValidateFrame(batch, out header);
        if (fault != RecordBatchFault.None)
        {
            return fault;
        }

        fault = ValidateProducerFields(header);
        if (fault != RecordBatchFault.None || header.Compression != CompressionType.None)
        {
            return fault;
        }

        return ValidateRecords(batch.Slice(RecordBatchHeader.Size), header.RecordCount);
    }

    /// <summary>Exactly one batch: length, magic, CRC, attributes, codec and count. Everything but the records themselves.</summary>
    public static RecordBatchFault ValidateFrame(in ReadOnlySequence<byte> batch, out RecordBatchHeader header)
    {
        var fault = ValidateLayout(batch, out header);
        if (fault != RecordBatchFault.None)
        {
            return fault;
        }

        return Crc32C.Compute(batch.Slice(RecordBatchHeader.CrcCoverageStart)) != header.Crc
            ? RecordBatchFault.ChecksumMismatch
            : ValidateHeader(header);
    }

    /// <summary>The part of <see cref="ValidateFrame"/> that decides where the batch ends; its bytes are not looked at.</summary>
    public static RecordBatchFault ValidateLayout(in ReadOnlySequence<byte> batch, out RecordBatchHeader header)
    {
        header = default;
        Span<byte> copy = stackalloc byte[RecordBatchHeader.Size];
        var available = (int)Math.Min(batch.Length, RecordBatchHeader.Size);
        scoped var first = batch.FirstSpan;
        if (first.Length < available)
        {
            batch.Slice(0, available).CopyTo(copy);
            first = copy[..available];
        }

        if (available == 0)
        {
            return RecordBatchFault.Empty;
        }

        // Every format has its magic at the same place, so that an old message is told from a broken one.
        if (available >= MagicEnd && first[RecordBatchHeader.MagicPosition] != RecordBatchHeader.CurrentMagic)
        {
            return first[RecordBatchHeader.MagicPosition] < RecordBatchHeader.CurrentMagic ? RecordBatchFault.OldFormat : RecordBatchFault.UnknownMagic;
        }

        if (!RecordBatchHeader.TryRead(first, out header))
        {
            return RecordBatchFault.Truncated;
        }

        var size = (long)header.BatchLength + RecordBatchHeader.LogOverhead;
        return size switch
        {
            _ when size is < RecordBatchHeader.Size or > int.MaxValue => RecordBatchFault.ImpossibleLength,
            _ when batch.Length < size => RecordBatchFault.Truncated,
            _ when batch.Length > size => RecordBatchFault.MoreThanOneBatch,
            _ => RecordBatchFault.None,
        };
    }

    /// <summary>What a header alone can have wrong.</summary>
    public static RecordBatchFault ValidateHeader(in RecordBatchHeader header) => header switch
    {
        _ when header.Magic != RecordBatchHeader.CurrentMagic => RecordBatchFault.UnknownMagic,
        _ when (header.Attributes & ~KnownAttributes) != 0 => RecordBatchFault.UnknownAttributes,
        _ when header.Compression > CompressionType.Zstd => RecordBatchFault.UnknownCompression,
        _ when header.RecordCount < 1 || header.LastOffsetDelta != header.RecordCount - 1 => RecordBatchFault.InconsistentCount,
        _ => RecordBatchFault.None,
    };

    /// <summary>What a producer may not do and a leader may: choose offsets, write control batches, set a delete horizon.</summary>
    public static RecordBatchFault ValidateProducerFields(in RecordBatchHeader header) => header switch
    {
        _ when header.BaseOffset != Offset.Zero => RecordBatchFault.NonZeroBaseOffset,
        _ when header.IsControl || (header.Attributes & DeleteHorizonAttribute) != 0 => RecordBatchFault.UnknownAttributes,
        _ when header.HasProducerId && (header.BaseSequence < 0 || header.ProducerEpoch < 0) => RecordBatchFault.InvalidSequence,
        _ when header.IsTransactional && !header.HasProducerId => RecordBatchFault.InvalidSequence,
        _ => RecordBatchFault.None,
    };

    /// <summary>Walks uncompressed records without reading keys or values: every length must fit, every offset delta be its place.</summary>
    public static RecordBatchFault ValidateRecords(in ReadOnlySequence<byte> records, int count)
    {
        var walker = new RecordWalker(records, count);
        while (walker.MoveNext())
        {
        }

        return walker.IsMalformed ? RecordBatchFault.MalformedRecords : RecordBatchFault.None;
    }
}

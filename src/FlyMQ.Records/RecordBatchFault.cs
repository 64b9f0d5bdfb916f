namespace FlyMQ.Records;

/// <summary>What is wrong with a batch somebody sent. The layer that answers maps it to Kafka's error codes.</summary>
public enum RecordBatchFault : byte
{
    None = 0,
    /// <summary>No bytes at all: a produce request carries exactly one batch per partition.</summary>
    Empty,
    /// <summary>Fewer bytes than the batch says it has, or fewer than a header.</summary>
    Truncated,
    /// <summary>A length that no batch can have.</summary>
    ImpossibleLength,
    /// <summary>More bytes after the first batch.</summary>
    MoreThanOneBatch,
    /// <summary>Message format v0 or v1.</summary>
    OldFormat,
    /// <summary>A magic byte nobody has defined.</summary>
    UnknownMagic,
    /// <summary>The CRC-32C does not agree with the bytes.</summary>
    ChecksumMismatch,
    /// <summary>Attribute bits nobody has defined, or ones that only a broker sets.</summary>
    UnknownAttributes,
    UnknownCompression,
    /// <summary>No records, or a count that disagrees with the last offset delta.</summary>
    InconsistentCount,
    /// <summary>A producer id without a sequence, or without an epoch.</summary>
    InvalidSequence,
    /// <summary>A base offset other than 0: a producer does not choose offsets.</summary>
    NonZeroBaseOffset,
    /// <summary>The records' lengths do not add up, or an offset delta is not the record's place in the batch.</summary>
    MalformedRecords,
    /// <summary>The compressed bytes do not decompress.</summary>
    CorruptCompression,
    /// <summary>Decompressed, the records would be larger than the reader's bound.</summary>
    DecompressionLimitExceeded,
}

public static class RecordBatchFaults
{
    extension(RecordBatchFault fault)
    {
        /// <summary>A sentence for the error message of a response (KIP-467) and for the log.</summary>
        public string Describe() => fault switch
        {
            RecordBatchFault.None => "The batch is valid.",
            RecordBatchFault.Empty => "A produce request carries exactly one record batch per partition; this one has none.",
            RecordBatchFault.Truncated => "The record batch ends before the length in its header.",
            RecordBatchFault.ImpossibleLength => "The record batch's length is smaller than its own header.",
            RecordBatchFault.MoreThanOneBatch => "A produce request carries exactly one record batch per partition; there are bytes after the first.",
            RecordBatchFault.OldFormat => "The message format v0 or v1 is not accepted here; send record batches v2.",
            RecordBatchFault.UnknownMagic => "The record batch's magic byte is not 2.",
            RecordBatchFault.ChecksumMismatch => "The record batch's CRC-32C does not match its bytes.",
            RecordBatchFault.UnknownAttributes => "The record batch has attribute bits that a producer does not set.",
            RecordBatchFault.UnknownCompression => "The record batch names a compression codec that does not exist.",
            RecordBatchFault.InconsistentCount => "The record batch's count is below one or disagrees with its last offset delta.",
            RecordBatchFault.InvalidSequence => "The record batch has a producer id with an invalid epoch or base sequence.",
            RecordBatchFault.NonZeroBaseOffset => "The record batch's base offset is not 0.",
            RecordBatchFault.MalformedRecords => "The records inside the batch do not add up to its length and count.",
            RecordBatchFault.CorruptCompression => "The compressed records of the batch do not decompress.",
            RecordBatchFault.DecompressionLimitExceeded => "The records of the batch are larger, decompressed, than this broker opens.",
            _ => "The record batch is invalid.",
        };
    }
}

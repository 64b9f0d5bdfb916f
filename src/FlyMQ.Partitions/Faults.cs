using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions;

/// <summary>What the layers below cannot do, in Kafka's words.</summary>
internal static class Faults
{
    extension(LogFault fault)
    {
        public ErrorCode ToErrorCode() => fault switch
        {
            LogFault.None => ErrorCode.None,
            LogFault.OffsetOutOfRange => ErrorCode.OffsetOutOfRange,
            _ => ErrorCode.KafkaStorageError,
        };

        public string Describe(IPartitionLog log) => fault switch
        {
            LogFault.StorageFull => "The broker's disk is full: it takes no records until there is room.",
            LogFault.Fenced => $"The broker's log of this partition takes no records: {log.FenceReason ?? "it is closed"}.",
            LogFault.TooManyOpenFiles => "The broker has as many files and connections open as it may.",
            LogFault.OffsetOutOfRange => "The offset is outside the log.",
            _ => "",
        };
    }

    extension(RecordBatchFault fault)
    {
        /// <summary>
        /// CORRUPT_MESSAGE makes a client send the batch again, so it is kept for bytes that changed on their way; what the next attempt
        /// would not mend is INVALID_RECORD.
        /// </summary>
        public ErrorCode ToErrorCode() => fault switch
        {
            RecordBatchFault.None => ErrorCode.None,
            RecordBatchFault.OldFormat => ErrorCode.UnsupportedForMessageFormat,
            RecordBatchFault.ChecksumMismatch or RecordBatchFault.UnknownMagic or RecordBatchFault.ImpossibleLength => ErrorCode.CorruptMessage,
            RecordBatchFault.UnknownCompression => ErrorCode.UnsupportedCompressionType,
            RecordBatchFault.DecompressionLimitExceeded => ErrorCode.MessageTooLarge,
            _ => ErrorCode.InvalidRecord,
        };
    }
}

using System.Buffers;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>What a leader may be asked to append. Pure: everything that is judged before the partition's own state comes into it.</summary>
internal static class AppendRules
{
    // What a batch may grow to when it has to be opened to be judged.
    private const int MaxOpenedBytes = 256 << 20;

    public static AppendVerdict Judge(
        in ReadOnlySequence<byte> batch, in AppendOptions options, PartitionRules rules, int inSyncReplicas, long nowMs, out RecordBatchHeader header)
    {
        header = default;
        if (options.RequiredAcks is not (-1 or 0 or 1))
        {
            return AppendVerdict.Reject(ErrorCode.InvalidRequiredAcks, $"acks={options.RequiredAcks} is none of 0, 1 and -1 (all).");
        }

        if (options.RequiredAcks == -1 && inSyncReplicas < rules.MinInSyncReplicas)
        {
            return AppendVerdict.Reject(
                ErrorCode.NotEnoughReplicas, $"{inSyncReplicas} replicas are in sync, min.insync.replicas={rules.MinInSyncReplicas} are needed with acks=all.");
        }

        if (batch.Length > rules.MaxMessageBytes)
        {
            return AppendVerdict.Reject(
                ErrorCode.MessageTooLarge, $"The batch has {batch.Length} bytes, more than the topic's max.message.bytes={rules.MaxMessageBytes}.");
        }

        var fault = options.Origin == AppendOrigin.Client
            ? RecordBatchValidator.ValidateProduced(batch, out header)
            : RecordBatchValidator.ValidateFrame(batch, out header);
        if (fault != RecordBatchFault.None)
        {
            return AppendVerdict.Reject(CodeOf(fault), fault.Describe());
        }

        if (header.Compression == CompressionType.Zstd && !options.AllowZstd)
        {
            return AppendVerdict.Reject(ErrorCode.UnsupportedCompressionType, "zstd needs Produce version 7 or later (KIP-110).");
        }

        if (header.IsTransactional)
        {
            return AppendVerdict.Reject(ErrorCode.InvalidTxnState, "FlyMQ has no transactions yet.");
        }

        return options.Origin == AppendOrigin.Client ? JudgeRecords(batch, header, rules, nowMs) : AppendVerdict.Accept;
    }

    private static AppendVerdict JudgeRecords(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, PartitionRules rules, long nowMs)
    {
        var createTime = rules.TimestampType == TimestampType.CreateTime;
        var mayBeTooOld = createTime && rules.TimestampBeforeMaxMs < nowMs;
        var tooNew = createTime && header.MaxTimestamp > nowMs && header.MaxTimestamp - nowMs > rules.TimestampAfterMaxMs;
        if (!rules.Compact && !mayBeTooOld && !tooNew)
        {
            return AppendVerdict.Accept;
        }

        var fault = OpenedBatch.TryOpen(batch, header, MaxOpenedBytes, out var opened);
        if (opened is null)
        {
            return AppendVerdict.Reject(CodeOf(fault), fault.Describe());
        }

        using (opened)
        {
            return JudgeOpened(opened, rules, nowMs, createTime);
        }
    }

    private static AppendVerdict JudgeOpened(OpenedBatch opened, PartitionRules rules, long nowMs, bool createTime)
    {
        List<RecordError>? keyless = null, mistimed = null;
        var index = 0;
        try
        {
            foreach (var record in opened.Records)
            {
                if (rules.Compact && record.IsKeyNull)
                {
                    (keyless ??= []).Add(new RecordError(index, "Compacted topic cannot accept message without key."));
                }

                var ageMs = nowMs - record.TimestampMs;
                if (createTime && record.TimestampMs >= 0 && (ageMs > rules.TimestampBeforeMaxMs || -ageMs > rules.TimestampAfterMaxMs))
                {
                    (mistimed ??= []).Add(new RecordError(
                        index, $"Timestamp {record.TimestampMs} is not within message.timestamp.before.max.ms={rules.TimestampBeforeMaxMs} and message.timestamp.after.max.ms={rules.TimestampAfterMaxMs} of {nowMs}."));
                }

                index++;
            }
        }
        catch (CorruptRecordException e)
        {
            return AppendVerdict.Reject(ErrorCode.InvalidRecord, e.Message);
        }

        return keyless is not null ? new AppendVerdict(ErrorCode.InvalidRecord, "One or more records have been rejected.", keyless)
            : mistimed is not null ? new AppendVerdict(ErrorCode.InvalidTimestamp, "One or more records have been rejected due to invalid timestamp.", mistimed)
            : AppendVerdict.Accept;
    }

    internal static ErrorCode CodeOf(RecordBatchFault fault) => fault switch
    {
        RecordBatchFault.ChecksumMismatch or RecordBatchFault.Truncated or RecordBatchFault.ImpossibleLength => ErrorCode.CorruptMessage,
        RecordBatchFault.OldFormat or RecordBatchFault.UnknownMagic => ErrorCode.UnsupportedForMessageFormat,
        RecordBatchFault.UnknownCompression => ErrorCode.UnsupportedCompressionType,
        _ => ErrorCode.InvalidRecord,
    };
}

internal readonly record struct AppendVerdict(ErrorCode Error, string? Message, IReadOnlyList<RecordError>? RecordErrors)
{
    public static readonly AppendVerdict Accept = new(ErrorCode.None, null, null);

    public static AppendVerdict Reject(ErrorCode error, string message) => new(error, message, null);
}

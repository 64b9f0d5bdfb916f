using System.Buffers;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>
/// Whether a leader takes a batch, and in which form it stores it (KIP-32, KIP-98, KIP-110, KIP-467). Pure: time, rules and replicas are
/// inputs. Runs before the partition's lock is taken, because checksums and codecs cost more than everything under it.
/// </summary>
internal static class AppendRules
{
    public static AppendVerdict Judge(
        in ReadOnlySequence<byte> batch, PartitionRules rules, in AppendOptions options, ReplicaCounts replicas, int segmentBytes, long nowMs)
    {
        if (options.RequiredAcks is < -1 or > 1)
        {
            return AppendVerdict.Refuse(ErrorCode.InvalidRequiredAcks, "Required acks are -1, 0 or 1.");
        }

        // A topic cannot ask for more replicas than it has (Kafka does the same since 3.7).
        if (options.RequiredAcks == -1 && replicas.InSync < Math.Min(rules.MinInSyncReplicas, replicas.Assigned))
        {
            return AppendVerdict.Refuse(
                ErrorCode.NotEnoughReplicas,
                $"The number of in-sync replicas, {replicas.InSync}, is below the {rules.MinInSyncReplicas} that min.insync.replicas asks for.");
        }

        // Cheap questions first: the bytes are summed only when the batch could be taken.
        var fault = RecordBatchValidator.ValidateLayout(batch, out var header);
        if (fault != RecordBatchFault.None)
        {
            return AppendVerdict.Refuse(fault);
        }

        if (TooLarge(header, rules, segmentBytes) is { } tooLarge)
        {
            return tooLarge;
        }

        fault = RecordBatchValidator.ValidateFrame(batch, out header);
        if (fault != RecordBatchFault.None)
        {
            return AppendVerdict.Refuse(fault);
        }

        if (options.Origin == AppendOrigin.Client && RefuseToClients(header, options) is { } refusal)
        {
            return refusal;
        }

        var error = RecordRules.Check(batch, header, rules, nowMs, out var refused, out var maxTimestampMs);
        return error ? refused : Form(batch, header, rules, segmentBytes, nowMs, maxTimestampMs);
    }

    private static AppendVerdict? RefuseToClients(in RecordBatchHeader header, in AppendOptions options)
    {
        if (header.Compression == CompressionType.Zstd && !options.AllowZstd)
        {
            return AppendVerdict.Refuse(ErrorCode.UnsupportedCompressionType, "zstd needs Produce version 7 or later.");
        }

        if (header.IsControl)
        {
            return AppendVerdict.Refuse(ErrorCode.InvalidRecord, "Clients do not write control records.");
        }

        var fault = RecordBatchValidator.ValidateProducerFields(header);
        if (fault != RecordBatchFault.None)
        {
            return AppendVerdict.Refuse(fault);
        }

        if (header.IsTransactional)
        {
            return AppendVerdict.Refuse(ErrorCode.InvalidTxnState, "This broker has no transactions yet.");
        }

        return header.TimestampType == TimestampType.LogAppendTime
            ? AppendVerdict.Refuse(ErrorCode.InvalidTimestamp, "A producer does not set the timestamp type to LogAppendTime.")
            : null;
    }

    private static AppendVerdict? TooLarge(in RecordBatchHeader header, PartitionRules rules, int segmentBytes)
    {
        if (header.SizeInBytes > rules.MaxMessageBytes)
        {
            return AppendVerdict.Refuse(
                ErrorCode.MessageTooLarge, $"The record batch has {header.SizeInBytes} bytes, more than the {rules.MaxMessageBytes} that max.message.bytes allows.");
        }

        return header.SizeInBytes > segmentBytes
            ? AppendVerdict.Refuse(ErrorCode.RecordListTooLarge, $"The record batch has {header.SizeInBytes} bytes, more than a segment of {segmentBytes}.")
            : null;
    }

    /// <summary>The client's own bytes, unless the topic wants another codec or append times, or the header is wrong about its records.</summary>
    private static AppendVerdict Form(
        in ReadOnlySequence<byte> batch, in RecordBatchHeader header, PartitionRules rules, int segmentBytes, long nowMs, long maxTimestampMs)
    {
        var appendTimeMs = rules.TimestampType == TimestampType.LogAppendTime ? nowMs : (long?)null;
        var codec = header.IsControl ? CompressionType.None : rules.Compression ?? header.Compression;
        if (appendTimeMs is null && codec == header.Compression)
        {
            // As Kafka does: time index and retention live on this field, and not every client computes it.
            return maxTimestampMs == header.MaxTimestamp ? AppendVerdict.Accept(header, batch) : WithMaxTimestamp(batch, header, maxTimestampMs);
        }

        var rewritten = new PooledBuffer(sizeHint: header.SizeInBytes);
        var fault = RecordBatchRewriter.TryRewrite(
            batch, header with { MaxTimestamp = maxTimestampMs }, codec, rules.CompressionLevel, appendTimeMs, rules.MaxOpenedBytes, rewritten, out var stored);
        var refusal = fault == RecordBatchFault.None ? TooLarge(stored, rules, segmentBytes) : AppendVerdict.Refuse(fault);
        if (refusal is { } refused)
        {
            rewritten.Dispose();
            return refused;
        }

        return AppendVerdict.Accept(stored, rewritten);
    }

    private static AppendVerdict WithMaxTimestamp(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, long maxTimestampMs)
    {
        var copy = new PooledBuffer(sizeHint: header.SizeInBytes);
        var bytes = copy.GetSpan(header.SizeInBytes)[..header.SizeInBytes];
        batch.CopyTo(bytes);
        var stored = RecordBatchHeader.WriteWithCrc(bytes, header with { MaxTimestamp = maxTimestampMs });
        copy.Advance(header.SizeInBytes);
        return AppendVerdict.Accept(stored, copy);
    }
}

using System.Buffers;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>
/// What is asked of single records: that they add up, have a key where the topic is compacted, and a create time within bounds (KIP-32,
/// KIP-467, KIP-937). Uncompressed records are stepped over once. Compressed ones are opened only when the header cannot answer.
/// </summary>
internal static class RecordRules
{
    private const long NoTimestamp = -1;

    /// <param name="maxTimestampMs">The greatest timestamp of the records, or what the header claims when they were not looked at.</param>
    /// <returns>True when <paramref name="refusal"/> says what is wrong.</returns>
    public static bool Check(
        in ReadOnlySequence<byte> batch, in RecordBatchHeader header, PartitionRules rules, long nowMs, out AppendVerdict refusal, out long maxTimestampMs)
    {
        var bounds = Bounds.Of(rules, nowMs);
        if (header.Compression == CompressionType.None)
        {
            return Walk(batch.Slice(RecordBatchHeader.Size), header, rules, bounds, out refusal, out maxTimestampMs);
        }

        refusal = default;
        maxTimestampMs = header.MaxTimestamp;
        if (header.IsControl || (!rules.Compact && !bounds.HasOldest && !bounds.Refuses(header.MaxTimestamp)))
        {
            return false;
        }

        var fault = OpenedBatch.TryOpen(batch, header, rules.MaxOpenedBytes, out var opened);
        if (opened is null)
        {
            refusal = AppendVerdict.Refuse(fault);
            return true;
        }

        using (opened)
        {
            // The header's claim stays as it is: the records' CRC and codec are the client's, and are not made anew for it.
            if (Walk(new ReadOnlySequence<byte>(opened.RecordBytes), header, rules, bounds, out refusal, out _))
            {
                return true;
            }
        }

        if (bounds.Refuses(header.MaxTimestamp))
        {
            refusal = AppendVerdict.Refuse(ErrorCode.InvalidTimestamp, bounds.Describe());
            return true;
        }

        return false;
    }

    private static bool Walk(
        in ReadOnlySequence<byte> records, in RecordBatchHeader header, PartitionRules rules, in Bounds bounds, out AppendVerdict refusal, out long maxTimestampMs)
    {
        List<RecordError>? errors = null;
        var error = ErrorCode.InvalidRecord;
        string? untimely = null;
        var compact = rules.Compact && !header.IsControl;
        maxTimestampMs = NoTimestamp;
        var walker = new RecordWalker(records, header.RecordCount);
        while (walker.MoveNext())
        {
            var timestampMs = header.BaseTimestamp + walker.TimestampDelta;
            maxTimestampMs = Math.Max(maxTimestampMs, timestampMs);
            if (compact && walker.KeyLength < 0)
            {
                (errors ??= []).Add(new RecordError(walker.Index, "A compacted topic does not take a record without a key."));
            }
            else if (bounds.Refuses(timestampMs))
            {
                error = ErrorCode.InvalidTimestamp;
                (errors ??= []).Add(new RecordError(walker.Index, untimely ??= bounds.Describe()));
            }
        }

        refusal = walker.IsMalformed ? AppendVerdict.Refuse(RecordBatchFault.MalformedRecords)
            : errors is null ? default
            : AppendVerdict.Refuse(
                error,
                error == ErrorCode.InvalidTimestamp ? "One or more records have been rejected due to invalid timestamp." : "One or more records have been rejected.",
                errors);
        return refusal.Error != ErrorCode.None;
    }

    private readonly record struct Bounds(long OldestMs, long NewestMs)
    {
        public bool HasOldest => OldestMs > long.MinValue;

        public static Bounds Of(PartitionRules rules, long nowMs) => rules.TimestampType == TimestampType.LogAppendTime
            ? new Bounds(long.MinValue, long.MaxValue)
            : new Bounds(
                rules.TimestampBeforeMaxMs == long.MaxValue ? long.MinValue : nowMs - rules.TimestampBeforeMaxMs,
                rules.TimestampAfterMaxMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + rules.TimestampAfterMaxMs);

        public bool Refuses(long timestampMs) => timestampMs != NoTimestamp && (timestampMs < OldestMs || timestampMs > NewestMs);

        public string Describe() => HasOldest
            ? $"The timestamp is out of range: it should be within [{OldestMs}, {NewestMs}]."
            : $"The timestamp is out of range: it should be at most {NewestMs}.";
    }
}

using FlyMQ.Records;

namespace FlyMQ.Storage;

/// <summary>The batch that holds a record, as far as its header and its segment tell how old the record is and how long it stays.</summary>
/// <param name="BaseOffset">Of the batch.</param>
/// <param name="NextOffset">The offset after the batch's last record.</param>
/// <param name="TimestampMs">
/// Of the batch's first record, ms since 1970; with LogAppendTime, of the append. The greatest of the batch where the first record has none, −1 where none has.
/// </param>
/// <param name="SegmentMaxTimestampMs">The greatest timestamp of the segment when this was looked up, −1 without any; of a batch in the tail its own.</param>
public sealed record BatchPlace(Offset BaseOffset, Offset NextOffset, long TimestampMs, long SegmentMaxTimestampMs)
{
    public bool Holds(Offset offset) => BaseOffset <= offset && offset < NextOffset;

    internal static BatchPlace Of(in RecordBatchHeader header, long segmentMaxTimestampMs) => new(
        header.BaseOffset,
        header.NextOffset,
        header.TimestampType == TimestampType.LogAppendTime || header.BaseTimestamp < 0 ? header.MaxTimestamp : header.BaseTimestamp,
        segmentMaxTimestampMs);
}

namespace FlyMQ.Storage.Retention;

/// <summary>What retention will go by when it comes to a segment.</summary>
/// <param name="MaxTimestampMs">Of the segment's records, as far as known.</param>
/// <param name="BytesBehind">Bytes of batches in later segments.</param>
/// <param name="Roll">Of the segment that is appended to: what is left until the next one begins, for size alone never takes the last one. Null for the others.</param>
internal readonly record struct SegmentOutlook(long MaxTimestampMs, long BytesBehind, SegmentRoll? Roll);

/// <param name="BytesLeft">Until it is full.</param>
/// <param name="AtMs">When a record of that time would be too young for it, ms since 1970; <see cref="double.PositiveInfinity"/> when that is not known.</param>
internal readonly record struct SegmentRoll(long BytesLeft, double AtMs);

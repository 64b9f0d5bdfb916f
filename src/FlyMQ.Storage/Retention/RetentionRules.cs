using FlyMQ.Records;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Retention;

/// <summary>Which of a log's segments need not be kept. Pure.</summary>
internal static class RetentionRules
{
    /// <returns>How many of the oldest segments may go: by start offset always, by time and size where <c>cleanup.policy</c> deletes; never at or above the high watermark.</returns>
    public static int Expired(
        ReadOnlySpan<Segment> segments, LogConfig config, Offset start, Offset highWatermark, Offset end, long sizeInBytes, long nowMs, bool tailIsEmpty)
    {
        var expired = 0;
        var remaining = sizeInBytes;
        for (; expired < segments.Length; expired++)
        {
            var segment = segments[expired];
            var isLast = expired == segments.Length - 1;
            var segmentEnd = isLast ? end : segments[expired + 1].BaseOffset;
            if (segmentEnd > highWatermark || (isLast && (!tailIsEmpty || segment.Size == 0)))
            {
                break;
            }

            var belowStart = segmentEnd <= start && !isLast;
            var tooOld = config is { Delete: true, RetentionMs: >= 0 } && nowMs - segment.KnownMaxTimestampMs > config.RetentionMs;
            var tooMuch = config is { Delete: true, RetentionBytes: >= 0 } && remaining - segment.Size >= config.RetentionBytes && !isLast;
            if (!belowStart && !tooOld && !tooMuch)
            {
                break;
            }

            remaining -= segment.Size;
        }

        return expired;
    }
}

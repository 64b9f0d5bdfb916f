using FlyMQ.Records;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Retention;

/// <summary>Which of a log's segments need not be kept, and when the next ones need not. Pure.</summary>
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

    /// <summary>
    /// Seconds until a segment may go, by the limit that comes first; null when none will take it, or when it is not known how fast the log grows. Never more than
    /// it is, for a segment goes only after all that are before it.
    /// </summary>
    public static double? HeadroomSeconds(LogConfig config, in SegmentOutlook segment, double? bytesPerSecond, long nowMs)
    {
        if (!config.Delete)
        {
            return null;
        }

        double? byTime = config.RetentionMs >= 0 ? Math.Max(0, segment.MaxTimestampMs + (double)config.RetentionMs - nowMs) / 1000 : null;
        var bySize = config.RetentionBytes >= 0 ? SecondsUntilTooMuch(config.RetentionBytes, segment, bytesPerSecond, nowMs) : null;
        return byTime is { } time && bySize is { } size ? Math.Min(time, size) : byTime ?? bySize;
    }

    private static double? SecondsUntilTooMuch(long retentionBytes, in SegmentOutlook segment, double? bytesPerSecond, long nowMs)
    {
        if (segment.Roll is null && segment.BytesBehind >= retentionBytes)
        {
            return 0;
        }

        if (bytesPerSecond is not { } rate || rate <= 0)
        {
            return null;
        }

        return segment.Roll is { } roll
            ? Math.Min(roll.BytesLeft / rate, Math.Max(0, roll.AtMs - nowMs) / 1000) + (retentionBytes / rate)
            : (retentionBytes - segment.BytesBehind) / rate;
    }
}

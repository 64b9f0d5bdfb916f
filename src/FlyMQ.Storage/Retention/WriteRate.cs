namespace FlyMQ.Storage.Retention;

/// <summary>
/// How fast a log grows, from looks at what was written to it: an average in which what is further back than a few minutes hardly counts. It costs nothing
/// between the looks.
/// </summary>
internal sealed class WriteRate(TimeProvider time)
{
    // Between looks that are closer the difference says little.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2), Window = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private long _bytes = -1;
    private long _lookedAt;
    private double? _perSecond;

    /// <returns>Bytes per second; null before there were two looks.</returns>
    public double? Look(long bytesWritten)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_bytes < 0)
            {
                (_bytes, _lookedAt) = (bytesWritten, now);
                return null;
            }

            var elapsed = time.GetElapsedTime(_lookedAt, now);
            if (elapsed >= Shortest)
            {
                var latest = (bytesWritten - _bytes) / elapsed.TotalSeconds;
                var weight = 1 - Math.Exp(-(elapsed / Window));
                _perSecond = _perSecond is { } before ? before + (weight * (latest - before)) : latest;
                (_bytes, _lookedAt) = (bytesWritten, now);
            }

            return _perSecond;
        }
    }
}

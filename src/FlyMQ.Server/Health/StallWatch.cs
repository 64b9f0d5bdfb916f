namespace FlyMQ.Server.Health;

/// <summary>Tells how long something that has work has not moved, from looks at its counter. Touched by the monitor's thread only.</summary>
internal sealed class StallWatch
{
    private long _position = -1;
    private long _sinceMs;

    /// <param name="position">Where it is.</param>
    /// <param name="hasWork">Whether it could move.</param>
    /// <param name="nowMs">On a clock that only rises.</param>
    /// <returns>Milliseconds since it was first seen at this position with work to do.</returns>
    public long Look(long position, bool hasWork, long nowMs)
    {
        if (!hasWork || position != _position)
        {
            _position = position;
            _sinceMs = nowMs;
        }

        return nowMs - _sinceMs;
    }
}

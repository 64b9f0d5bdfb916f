namespace FlyMQ.Server.Health;

/// <summary>Tells how long something that has work has not moved, from looks at its counter. Touched by the monitor's thread only.</summary>
internal sealed class StallWatch
{
    // While a process is stopped or its machine sleeps nothing moves, and nothing is stuck: what passed between two looks counts only so far.
    private const long MostPerLookMs = 2000;

    private long _position = -1;
    private long _lookedAtMs;
    private long _stalledMs;

    /// <param name="position">Where it is.</param>
    /// <param name="hasWork">Whether it could move.</param>
    /// <param name="nowMs">On a clock that only rises.</param>
    /// <returns>Milliseconds since the last look that saw it move or rest.</returns>
    public long Look(long position, bool hasWork, long nowMs)
    {
        _stalledMs = hasWork && position == _position ? _stalledMs + Math.Min(nowMs - _lookedAtMs, MostPerLookMs) : 0;
        (_position, _lookedAtMs) = (position, nowMs);
        return _stalledMs;
    }
}

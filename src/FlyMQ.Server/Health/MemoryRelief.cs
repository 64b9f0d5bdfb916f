using System.Diagnostics;

namespace FlyMQ.Server.Health;

/// <summary>
/// Gives memory back to the system while it is high. After a peak the process may hold much that nobody uses: the runtime collects when something is allocated, so
/// one that has become quiet would stay where its peak was, be called unhealthy for it, and be killed for the next small rise. Touched by the monitor's thread only.
/// </summary>
internal sealed class MemoryRelief(HealthLimits limits, HealthEvents events, Action giveBack)
{
    private long _highSinceMs = -1;
    private long _nextAtMs;

    public MemoryRelief(HealthLimits limits, HealthEvents events)
        : this(limits, events, GiveBack)
    {
    }

    /// <param name="nowMs">On a clock that only rises.</param>
    public void Look(HealthFacts facts, long nowMs)
    {
        if (!HealthRules.IsMemoryHigh(facts, limits))
        {
            _highSinceMs = -1;
            return;
        }

        _highSinceMs = _highSinceMs < 0 ? nowMs : _highSinceMs;
        // Not at once, for a moment's load passes; nor often, for every thread waits while the heap is compacted.
        if (nowMs - _highSinceMs < limits.ReliefAfterMs || nowMs < _nextAtMs)
        {
            return;
        }

        _nextAtMs = nowMs + limits.ReliefIntervalMs;
        var began = Stopwatch.GetTimestamp();
        giveBack();
        events.GaveBackMemory(facts.UsedMb, facts.LimitMb, Environment.WorkingSet >> 20, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    private static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}

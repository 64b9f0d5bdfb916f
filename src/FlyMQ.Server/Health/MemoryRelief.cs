using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FlyMQ.Server.Health;

/// <summary>
/// Gives memory back to the system while it is high. The runtime collects when something is allocated, so a broker that has become quiet would stay where its
/// peak was: unhealthy for memory that nobody uses, until it is killed for the next small rise. Touched by the monitor's thread only.
/// </summary>
internal sealed partial class MemoryRelief(HealthLimits limits, HealthEvents events)
{
    private long _highSinceMs = -1;
    private long _nextAtMs;
    private Thread? _atWork;

    /// <param name="broker">Has the broker let go of what it only keeps; null while there is none.</param>
    /// <param name="nowMs">On a clock that only rises.</param>
    public void Look(HealthFacts facts, Action? broker, long nowMs)
    {
        if (IsDue(HealthRules.IsMemoryHigh(facts, limits), nowMs) && _atWork is not { IsAlive: true })
        {
            // The pools have locks, and a collection waits for all threads: the monitor goes on looking.
            _atWork = new Thread(() => GiveBack(facts, broker)) { Name = "flymq-memory", IsBackground = true };
            _atWork.Start();
        }
    }

    /// <summary>Not at once, for a moment's load passes; nor often, for every thread stands still while the heap is compacted.</summary>
    internal bool IsDue(bool isHigh, long nowMs)
    {
        if (!isHigh)
        {
            _highSinceMs = -1;
            return false;
        }

        _highSinceMs = _highSinceMs < 0 ? nowMs : _highSinceMs;
        if (nowMs - _highSinceMs < limits.ReliefAfterMs || nowMs < _nextAtMs)
        {
            return false;
        }

        _nextAtMs = nowMs + limits.ReliefIntervalMs;
        return true;
    }

    private void GiveBack(HealthFacts facts, Action? broker)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            broker?.Invoke();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc.
        }

        events.GaveBackMemory(facts.UsedMb, facts.LimitMb, Environment.WorkingSet >> 20, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint left);
}

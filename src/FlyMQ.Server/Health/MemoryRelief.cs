using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FlyMQ.Server.Health;

/// <summary>
/// Gives memory back to the system while it is high. The runtime collects when something is allocated, so a broker that has become quiet would stay where its
/// peak was: unhealthy for memory that nobody uses, until it is killed for the next small rise. Touched by the monitor's thread only, but for what the
/// work says at its end.
/// </summary>
internal sealed partial class MemoryRelief(HealthLimits limits, HealthEvents events)
{
    /// <summary>Less than this part of the limit is little: what is used is what is needed, and the next time gives no more.</summary>
    private const int LittlePart = 20;

    private long _highSinceMs = -1;
    private long _lastAtMs = -limits.MostReliefIntervalMs;
    private volatile int _intervalMs = limits.ReliefIntervalMs;
    private Thread? _atWork;

    /// <param name="broker">Has the broker let go of what it only keeps; null while there is none.</param>
    /// <param name="nowMs">On a clock that only rises.</param>
    public void Look(HealthFacts facts, Action? broker, long nowMs)
    {
        // While it is at work nothing is due: what was noted as done would not be.
        if (_atWork is not { IsAlive: true } && IsDue(HealthRules.IsMemoryHigh(facts, limits), nowMs))
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
            // What was gained by waiting longer is over with what it was for.
            (_highSinceMs, _intervalMs) = (-1, limits.ReliefIntervalMs);
            return false;
        }

        _highSinceMs = _highSinceMs < 0 ? nowMs : _highSinceMs;
        if (nowMs - _highSinceMs < limits.ReliefAfterMs || nowMs - _lastAtMs < _intervalMs)
        {
            return false;
        }

        _lastAtMs = nowMs;
        return true;
    }

    /// <summary>How much is resident after it was given back.</summary>
    internal void Gave(long usedMb, long leftMb, long limitMb) =>
        _intervalMs = usedMb - leftMb < limitMb / LittlePart ? Math.Min(2 * _intervalMs, limits.MostReliefIntervalMs) : limits.ReliefIntervalMs;

    // On a thread of its own, where an exception would end the process.
    private void GiveBack(HealthFacts facts, Action? broker)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            broker?.Invoke();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            TrimHeap();
            var leftMb = Environment.WorkingSet >> 20;
            Gave(facts.UsedMb, leftMb, facts.LimitMb);
            events.GaveBackMemory(facts.UsedMb, facts.LimitMb, leftMb, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (Exception error)
        {
            Gave(facts.UsedMb, facts.UsedMb, facts.LimitMb);
            events.ReliefFailed(error);
        }
    }

    private static void TrimHeap()
    {
        try
        {
            _ = TrimHeap(0);
        }
        catch (Exception error) when (error is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another C library than glibc.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint left);
}

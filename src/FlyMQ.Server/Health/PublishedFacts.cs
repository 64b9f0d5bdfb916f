using System.Diagnostics;

namespace FlyMQ.Server.Health;

/// <summary>Facts and when they were taken.</summary>
internal sealed record PublishedFacts(HealthFacts Facts, long TakenAt)
{
    public long AgeMs => (long)Stopwatch.GetElapsedTime(TakenAt).TotalMilliseconds;
}

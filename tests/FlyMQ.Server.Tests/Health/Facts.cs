using FlyMQ.Server.Health;

namespace FlyMQ.Server.Tests.Health;

/// <summary>The facts of a broker that is well, for tests to spoil.</summary>
internal static class Facts
{
    public static readonly HealthLimits Limits = new() { SlowDiskMs = 1000, StuckAfterMs = 60_000, StaleAfterMs = 15_000 };

    public static readonly ServingFacts Serving = new() { LeaderId = 1, Connections = 3, ConnectionLimit = 100 };

    public static readonly HealthFacts Well = new()
    {
        Phase = HealthPhase.Serving,
        Recovering = true,
        RecoveryPercent = 100,
        Serving = Serving,
        Probe = new ProbeFacts(2, 0, null, Full: false),
        UsedMb = 512,
        LimitMb = 2048,
        Uptime = new TimeSpan(7, 12, 30, 59),
        Version = "1.0.0",
    };

    public static HealthVerdict Verdict(HealthFacts facts, long ageMs = 0) => HealthRules.Judge(facts, ageMs, Limits);
}

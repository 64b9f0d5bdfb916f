using FlyMQ.Server.Health;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

public sealed class HealthRulesTests
{
    private const long Stuck = 60_000;

    private static readonly Case[] Cases =
    [
        new("well", Well, null, null, "healthy"),

        new("starting", Well with { Phase = HealthPhase.Starting, Recovering = false, Serving = null }, null, "starting", "unhealthy"),
        new("recovering", Well with { Phase = HealthPhase.Starting, Serving = null, RecoveryPercent = 40 }, null, "recovering", "unhealthy"),
        new("serving before the first look", Well with { Serving = null }, null, "starting", "unhealthy"),
        new("draining", Well with { Phase = HealthPhase.Draining }, null, "draining", "unhealthy"),
        new("failed", Well with { Phase = HealthPhase.Failed, FailureReason = "the log failed" }, "failed", "failed", "unhealthy"),

        new("the disk is full", Well with { Serving = Serving with { StorageFull = true } }, null, "storage_full", "unhealthy"),
        new("the probe finds no room", Well with { Probe = new(2, 0, "No room for 4096 bytes", Full: true) }, null, "storage_full", "unhealthy"),
        new("the probe cannot write", Well with { Probe = new(2, 0, "open: Read-only file system", Full: false) }, null, "storage_failed", "unhealthy"),
        new("the disk is slow", Well with { Probe = new(1000, 0, null, Full: false) }, null, null, "degraded"),
        new("the disk is not slow yet", Well with { Probe = new(999, 0, null, Full: false) }, null, null, "healthy"),
        new("a write takes long", Well with { Probe = new(2, 59_999, null, Full: false) }, null, null, "degraded"),
        new("a write does not come back", Well with { Probe = new(2, Stuck, null, Full: false) }, null, "storage_silent", "unhealthy"),

        new("the journal failed", Well with { Serving = Serving with { StoreFailure = "fdatasync: Input/output error" } }, "store_failed", "store_failed", "unhealthy"),
        new("the journal failed for want of room", Well with { Serving = Serving with { StoreFailure = "No room", StorageFull = true } }, null, "store_failed", "unhealthy"),
        new("the journal is stuck", Well with { Stalls = new(Stuck, 0, 0) }, "journal_stuck", "journal_stuck", "unhealthy"),
        new("the settler is stuck", Well with { Stalls = new(0, Stuck, 0) }, "settler_stuck", "settler_stuck", "unhealthy"),
        new("the metadata log is stuck", Well with { Stalls = new(0, 0, Stuck) }, "metadata_log_stuck", "metadata_log_stuck", "unhealthy"),
        new("nothing is stuck yet", Well with { Stalls = new(Stuck - 1, Stuck - 1, Stuck - 1) }, null, null, "healthy"),
        new("threads wait for a slow disk", Well with { Stalls = new(Stuck, Stuck, Stuck), Probe = new(1500, 0, null, Full: false) }, null, null, "degraded"),
        new("threads wait for a silent disk", Well with { Stalls = new(Stuck, Stuck, Stuck), Probe = new(2, Stuck, null, Full: false) }, null, "storage_silent", "unhealthy"),
        new("threads wait for a full disk", Well with { Stalls = new(Stuck, Stuck, 0), Serving = Serving with { StorageFull = true } }, null, "storage_full", "unhealthy"),
        new("threads wait, and no probe has told of the disk", Well with { Stalls = new(Stuck, Stuck, Stuck), Probe = ProbeFacts.None }, null, null, "healthy"),
        new("threads that ended with the drain", Well with { Phase = HealthPhase.Draining, Stalls = new(Stuck, Stuck, Stuck) }, null, "draining", "unhealthy"),

        new("no leader", Well with { Serving = Serving with { LeaderId = null } }, null, "no_leader", "unhealthy"),
        new("fenced by the cluster", Well with { Serving = Serving with { Fenced = true } }, null, "fenced", "unhealthy"),
        new("one log fenced", Well with { Serving = Serving with { FencedLogs = 1 } }, null, null, "degraded"),

        new("memory is high", Well with { UsedMb = 1844 }, null, null, "degraded"),
        new("memory is not high yet", Well with { UsedMb = 1843 }, null, null, "healthy"),
        new("memory is over its limit", Well with { UsedMb = 2049 }, null, null, "unhealthy"),
        new("no limit of memory is known", Well with { LimitMb = 0 }, null, null, "healthy"),
        new("all connections are taken", Well with { Serving = Serving with { Connections = 100 } }, null, null, "degraded"),

        new("the pool is starved", Well with { Pool = new(1000, 200, 12) }, null, null, "degraded"),
        new("the pool is late", Well with { Pool = new(999, 200, 12) }, null, null, "healthy"),

        new("the monitor is stuck", Well, "monitor_stuck", "monitor_stuck", "unhealthy", 15_001),
        new("the monitor is late", Well, null, null, "healthy", 15_000),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Facts_make_the_verdict(string name)
    {
        var @case = Cases.Single(c => c.Name == name);
        var verdict = Verdict(@case.Facts, @case.AgeMs);
        Assert.Equal(@case.Live, verdict.Live?.Reason);
        Assert.Equal(@case.Ready, verdict.Ready?.Reason);
        Assert.Equal(@case.Health, verdict.Body.Status);
        Assert.Equal(@case.Health != "unhealthy", verdict.Body.IsHealthy);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Reasons_are_codes_and_messages_are_one_sentence_on_one_line(string name)
    {
        var @case = Cases.Single(c => c.Name == name);
        var checks = Verdict(@case.Facts, @case.AgeMs).Body.Checks;
        HealthCheck[] all =
        [
            checks.Storage, checks.Cluster, checks.Memory, checks.Process, checks.Recovery, checks.Journal, checks.Settler, checks.Metadata, checks.Logs, checks.Connections,
            checks.Threadpool,
        ];
        Assert.Equal(typeof(HealthChecks).GetProperties().Length, all.Length);
        Assert.All(all, check =>
        {
            Assert.Equal(check.Status == "healthy", check.Reason is null);
            Assert.Equal(check.Reason is null, check.Message is null);
            Assert.Matches("^([a-z_]+)?$", check.Reason ?? "");
            Assert.DoesNotContain('\n', check.Message ?? "");
        });
    }

    [Fact]
    public void Recovery_tells_how_far_it_is_where_that_is_known()
    {
        var recovering = Well with { Phase = HealthPhase.Starting, Serving = null };
        Assert.Equal("recovering: The broker recovers its data: 40% of the journal is replayed.", Verdict(recovering with { RecoveryPercent = 40 }).Ready!.Line);
        Assert.Equal(
            "recovering: The broker recovers its data: 40% of the journal is replayed, about 12 s are left.",
            Verdict(recovering with { RecoveryPercent = 40, RecoverySecondsLeft = 12 }).Ready!.Line);
        Assert.Equal("recovering: The broker recovers its data.", Verdict(recovering with { RecoveryPercent = null }).Ready!.Line);
    }

    [Fact]
    public void A_starved_pool_is_told_of_with_its_numbers()
    {
        var pool = Verdict(Well with { Pool = new(3500, 200, 12) }).Body.Checks.Threadpool;
        Assert.Equal(("threadpool_starved", 200L, 12), (pool.Reason, pool.Queued, pool.Threads));
        Assert.Equal("An item of the thread pool has waited 3.5 s for a thread; 200 wait and 12 threads are busy.", pool.Message);
    }

    [Fact]
    public void What_a_message_quotes_stays_on_one_line() =>
        Assert.Equal(
            "failed: The broker cannot go on and ends: first second",
            Verdict(Well with { Phase = HealthPhase.Failed, FailureReason = "first\r\nsecond\n" }).Live!.Line);

    [Fact]
    public void A_stall_is_counted_from_the_first_look_that_saw_work_at_that_place()
    {
        var watch = new StallWatch();
        Assert.Equal(0, watch.Look(5, hasWork: false, 1000));
        Assert.Equal(0, watch.Look(5, hasWork: false, 9000));
        // An append after a long rest is no stall.
        Assert.Equal(0, watch.Look(5, hasWork: false, 10_000));
        Assert.Equal(500, watch.Look(5, hasWork: true, 10_500));
        Assert.Equal(1000, watch.Look(5, hasWork: true, 11_000));
        Assert.Equal(0, watch.Look(6, hasWork: true, 11_500));
        Assert.Equal(700, watch.Look(6, hasWork: true, 12_200));
    }

    [Fact]
    public void A_process_that_was_stopped_for_an_hour_is_not_stuck()
    {
        var watch = new StallWatch();
        watch.Look(5, hasWork: true, 1000);
        Assert.InRange(watch.Look(5, hasWork: true, 3_601_000), 1, Limits.StuckAfterMs / 10);
    }

    /// <param name="Live">The reason, or null for 200.</param>
    /// <param name="Ready">The reason, or null for 200.</param>
    private sealed record Case(string Name, HealthFacts Facts, string? Live, string? Ready, string Health, long AgeMs = 0);
}

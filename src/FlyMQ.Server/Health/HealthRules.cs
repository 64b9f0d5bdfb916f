using System.Globalization;

namespace FlyMQ.Server.Health;

/// <summary>
/// The verdict: facts in, answers out. <c>/live</c> fails only where a restart would help, so neither for a full disk nor for a slow one;
/// <c>/ready</c> fails where a client would not be served; <c>/health</c> says everything.
/// </summary>
internal static class HealthRules
{
    /// <param name="ageMs">How old the facts are.</param>
    public static HealthVerdict Judge(HealthFacts facts, long ageMs, HealthLimits limits)
    {
        var process = ProcessProblem(facts, ageMs, limits);
        var recovery = RecoveryProblem(facts);
        var storage = StorageProblem(facts, limits);
        var cluster = ClusterProblem(facts);
        var memory = MemoryProblem(facts, limits);
        var journal = JournalProblem(facts, limits);
        var settler = StuckProblem(facts, facts.Stalls.SettlerMs, "settler_stuck", "The settler has moved nothing", limits);
        var metadata = StuckProblem(facts, facts.Stalls.MetadataMs, "metadata_log_stuck", "The metadata log has applied nothing", limits);
        var logs = LogsProblem(facts);
        var connections = ConnectionsProblem(facts);
        var pool = PoolProblem(facts, limits);
        Problem?[] all = [process, recovery, journal, settler, metadata, storage, cluster, memory, logs, connections, pool];

        var helpedByRestart = facts.Phase == HealthPhase.Failed || ageMs > limits.StaleAfterMs ? process : HelpedByRestart(journal, facts) ?? settler ?? metadata;
        var unready = Array.Find([process, recovery, journal, settler, metadata, storage, cluster], p => p is { Severe: true });
        return new HealthVerdict(
            helpedByRestart,
            unready,
            new HealthBody(
                StatusOf(all),
                new HealthChecks(
                    new StorageCheck(storage, facts.Probe.LatencyMs),
                    new ClusterCheck(cluster, facts.Serving?.LeaderId is { } leader ? string.Create(CultureInfo.InvariantCulture, $"node-{leader}") : null),
                    new MemoryCheck(memory, facts.UsedMb, facts.LimitMb),
                    new HealthCheck(process),
                    new RecoveryCheck(recovery, recovery is null ? null : facts.RecoveryPercent, recovery is null ? null : facts.RecoverySecondsLeft),
                    new HealthCheck(journal),
                    new HealthCheck(settler),
                    new HealthCheck(metadata),
                    new LogsCheck(logs, facts.Serving?.FencedLogs ?? 0),
                    new ConnectionsCheck(connections, facts.Serving?.Connections ?? 0, facts.Serving?.ConnectionLimit ?? 0),
                    new ThreadPoolCheck(pool, facts.Pool)),
                UptimeText.Of(facts.Uptime),
                facts.Version));
    }

    private static string StatusOf(Problem?[] problems) =>
        HealthBody.StatusOf(Array.Find(problems, p => p is { Severe: true }) ?? Array.Find(problems, p => p is not null));

    private static Problem? ProcessProblem(HealthFacts facts, long ageMs, HealthLimits limits) => facts switch
    {
        _ when ageMs > limits.StaleAfterMs => new Problem("monitor_stuck", $"The health monitor has not looked for {Seconds(ageMs)}."),
        { Phase: HealthPhase.Failed } => new Problem("failed", $"The broker cannot go on and ends: {OneLine(facts.FailureReason ?? "unknown reason")}"),
        { Phase: HealthPhase.Draining } => new Problem("draining", "The broker was told to stop: it answers what is in flight and takes nothing new."),
        { Phase: HealthPhase.Starting, Recovering: false } => new Problem("starting", "The broker starts."),
        _ => null,
    };

    private static Problem? RecoveryProblem(HealthFacts facts) => facts switch
    {
        not { Phase: HealthPhase.Starting, Recovering: true } => null,
        { RecoveryPercent: { } percent, RecoverySecondsLeft: { } left } => new Problem(
            "recovering", string.Create(CultureInfo.InvariantCulture, $"The broker recovers its data: {percent}% of the journal is replayed, about {left} s are left.")),
        { RecoveryPercent: { } percent } => new Problem(
            "recovering", string.Create(CultureInfo.InvariantCulture, $"The broker recovers its data: {percent}% of the journal is replayed.")),
        _ => new Problem("recovering", "The broker recovers its data."),
    };

    private static Problem? StorageProblem(HealthFacts facts, HealthLimits limits) => facts switch
    {
        { Serving.StorageFull: true } => new Problem("storage_full", "The disk has too little room (storage.min_free_bytes): produces are refused until there is more."),
        { Probe.Full: true } => new Problem("storage_full", $"The data folder cannot be written for want of room: {OneLine(facts.Probe.Error ?? "")}"),
        { Probe.Error: { } error } => new Problem("storage_failed", $"The data folder cannot be written: {OneLine(error)}"),
        _ when facts.Probe.PendingMs >= limits.StuckAfterMs => new Problem("storage_silent", $"A small write to the data folder has taken {Seconds(facts.Probe.PendingMs)} and is not done."),
        _ when IsDiskSlow(facts, limits) => new Problem(
            "storage_slow", $"A small write to the data folder took {Seconds(Math.Max(facts.Probe.PendingMs, facts.Probe.LatencyMs ?? 0))}.", Severe: false),
        _ => null,
    };

    private static Problem? ClusterProblem(HealthFacts facts) => facts.Serving switch
    {
        null => facts.Phase is HealthPhase.Starting or HealthPhase.Serving ? new Problem("starting", "The metadata is not loaded yet.") : null,
        { LeaderId: null } => new Problem("no_leader", "The metadata quorum has no leader."),
        { Fenced: true } => new Problem("fenced", "The cluster has fenced this broker."),
        _ => null,
    };

    public static bool IsMemoryHigh(HealthFacts facts, HealthLimits limits) => facts.LimitMb > 0 && facts.UsedMb * 100 >= facts.LimitMb * limits.HighMemoryPercent;

    private static Problem? MemoryProblem(HealthFacts facts, HealthLimits limits) =>
        IsMemoryHigh(facts, limits)
            ? new Problem(
                "memory_high", string.Create(CultureInfo.InvariantCulture, $"{facts.UsedMb} of {facts.LimitMb} MiB are resident."), Severe: facts.UsedMb > facts.LimitMb)
            : null;

    private static Problem? JournalProblem(HealthFacts facts, HealthLimits limits) =>
        facts.Serving?.StoreFailure is { } failure && facts.Phase == HealthPhase.Serving
            ? new Problem("store_failed", OneLine(failure))
            : StuckProblem(facts, facts.Stalls.JournalMs, "journal_stuck", "The journal's thread has flushed nothing", limits);

    // A store that failed for want of room would not start without it; once there is some, a restart is what it needs.
    private static Problem? HelpedByRestart(Problem? journal, HealthFacts facts) =>
        facts.Serving is { StoreFailure: not null, StorageFull: true } ? null : journal;

    // Where the disk is slow, whoever writes to it waits, and would after a restart.
    private static Problem? StuckProblem(HealthFacts facts, long stalledMs, string reason, string what, HealthLimits limits) =>
        facts.Phase == HealthPhase.Serving && stalledMs >= limits.StuckAfterMs && DiskAnswers(facts, limits)
            ? new Problem(reason, $"{what} for {Seconds(stalledMs)} although there is work and the disk answers.")
            : null;

    private static bool DiskAnswers(HealthFacts facts, HealthLimits limits) =>
        facts.Probe is { LatencyMs: not null, Error: null } && !IsDiskSlow(facts, limits) && facts.Serving is not { StorageFull: true };

    private static bool IsDiskSlow(HealthFacts facts, HealthLimits limits) =>
        facts.Probe.PendingMs >= limits.SlowDiskMs || facts.Probe.LatencyMs >= limits.SlowDiskMs;

    private static Problem? LogsProblem(HealthFacts facts) => facts.Serving switch
    {
        { FencedLogs: 1 } => new Problem("logs_fenced", "1 partition log takes no more writes; the broker's log says which and why.", Severe: false),
        { FencedLogs: > 1 and var fenced } => new Problem(
            "logs_fenced", string.Create(CultureInfo.InvariantCulture, $"{fenced} partition logs take no more writes; the broker's log says which and why."), Severe: false),
        _ => null,
    };

    private static Problem? ConnectionsProblem(HealthFacts facts) => facts.Serving is { } serving && serving.Connections >= serving.ConnectionLimit
        ? new Problem(
            "connections_at_limit",
            string.Create(CultureInfo.InvariantCulture, $"{serving.Connections} connections are open and {serving.ConnectionLimit} are allowed (network.max_connections)."),
            Severe: false)
        : null;

    private static Problem? PoolProblem(HealthFacts facts, HealthLimits limits) => facts.Pool.WaitedMs >= limits.StarvedPoolMs
        ? new Problem(
            "threadpool_starved",
            string.Create(
                CultureInfo.InvariantCulture,
                $"An item of the thread pool has waited {Seconds(facts.Pool.WaitedMs)} for a thread; {facts.Pool.Queued} wait and {facts.Pool.Threads} threads are busy."),
            Severe: false)
        : null;

    private static string Seconds(long ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}

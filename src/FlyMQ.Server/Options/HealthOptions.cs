using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>The health endpoint, and what it judges by.</summary>
public sealed record HealthOptions
{
    public bool Enabled { get; init; } = HealthKeys.Enabled.Default;

    public ListenAddress Listen { get; init; } = HealthKeys.Listen.Default;

    /// <summary>0: the control group's, else all of the machine's.</summary>
    public int MemoryLimitMb { get; init; } = HealthKeys.MemoryLimitMb.Default;

    public int ProbeIntervalMs { get; init; } = HealthKeys.ProbeIntervalMs.Default;

    public int SlowDiskMs { get; init; } = HealthKeys.SlowDiskMs.Default;

    public int StuckAfterMs { get; init; } = HealthKeys.StuckAfterMs.Default;

    internal static HealthOptions From(OptionValues values) => new()
    {
        Enabled = values.Get(HealthKeys.Enabled),
        Listen = values.Get(HealthKeys.Listen),
        MemoryLimitMb = values.Get(HealthKeys.MemoryLimitMb),
        ProbeIntervalMs = values.Get(HealthKeys.ProbeIntervalMs),
        SlowDiskMs = values.Get(HealthKeys.SlowDiskMs),
        StuckAfterMs = values.Get(HealthKeys.StuckAfterMs),
    };
}

internal static class HealthKeys
{
    public static readonly OptionSection Section = new("health", "Health checks over HTTP: /live, /ready and /health ([observability.md](observability.md#health)).");

    public static readonly OptionKey<bool> Enabled = Section.Key("enabled", OptionTypes.Boolean, true, "Whether the endpoint is there.");

    public static readonly OptionKey<ListenAddress> Listen = Section.Key(
        "listen", OptionTypes.Listen, new ListenAddress("localhost", 9095),
        "Where it listens. It answers others how the broker is and nothing more, so another address than loopback needs nothing else; a pod binds *:9095.");

    public static readonly OptionKey<int> MemoryLimitMb = Section.Key(
        "memory_limit_mb", Whole(0), 0, "The memory that resident memory is judged against. 0: the control group's limit, or all of the machine's where there is none.");

    public static readonly OptionKey<int> ProbeIntervalMs = Section.Key(
        "probe_interval_ms", Whole(100, 600_000), 5000, "How often a small write to the data folder is flushed and timed.");

    public static readonly OptionKey<int> SlowDiskMs = Section.Key(
        "slow_disk_ms", Whole(1, 600_000), 1000, "From this time on such a write calls the storage degraded. That alone makes nothing fail.");

    public static readonly OptionKey<int> StuckAfterMs = Section.Key(
        "stuck_after_ms", Whole(1000, 3_600_000), 60_000,
        "A thread of the storage, or the metadata log, that has work and does none of it for so long is stuck, unless the disk is slow. A disk that does not "
        + "answer for so long cannot be written.");
}

using FlyMQ.Server.Options;

namespace FlyMQ.Server.Health;

/// <summary>What the verdict measures by.</summary>
internal sealed record HealthLimits
{
    public int SlowDiskMs { get; init; } = HealthKeys.SlowDiskMs.Default;

    public int StuckAfterMs { get; init; } = HealthKeys.StuckAfterMs.Default;

    /// <summary>Facts older than this say that the monitor itself is stuck: it looks every <see cref="LookIntervalMs"/>.</summary>
    public int StaleAfterMs { get; init; } = 15_000;

    public int LookIntervalMs { get; init; } = 500;

    /// <summary>An item that has waited so long for a thread of the pool says that the pool is starved.</summary>
    public int StarvedPoolMs { get; init; } = 1000;

    /// <summary>Resident memory from which on the memory is degraded.</summary>
    public int HighMemoryPercent { get; init; } = 90;

    /// <summary>Memory that has been high for so long is given back, where the process has some that nobody uses.</summary>
    public int ReliefAfterMs { get; init; } = 5000;

    /// <summary>How soon again at most: twice as long after each time that gave little, up to <see cref="MostReliefIntervalMs"/>.</summary>
    public int ReliefIntervalMs { get; init; } = 15_000;

    public int MostReliefIntervalMs { get; init; } = 600_000;

    public static HealthLimits Of(HealthOptions options) => new() { SlowDiskMs = options.SlowDiskMs, StuckAfterMs = options.StuckAfterMs };
}

using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>How the broker ends.</summary>
public sealed record ShutdownOptions
{
    public int TimeoutMs { get; init; } = ShutdownKeys.TimeoutMs.Default;

    internal static ShutdownOptions From(OptionValues values) => new() { TimeoutMs = values.Get(ShutdownKeys.TimeoutMs) };
}

internal static class ShutdownKeys
{
    public static readonly OptionSection Section = new("shutdown", "How the broker ends.");

    public static readonly OptionKey<int> TimeoutMs = Section.Key(
        "timeout_ms", Whole(1, 3_600_000), 30_000,
        "After SIGTERM or SIGINT: how long requests in flight may take to be answered and logs to be closed. A second signal ends at once.");
}

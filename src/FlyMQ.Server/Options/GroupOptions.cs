using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What holds for consumer groups.</summary>
public sealed record GroupOptions
{
    public int InitialRebalanceDelayMs { get; init; } = GroupKeys.InitialRebalanceDelayMs.Default;

    public int MinSessionTimeoutMs { get; init; } = GroupKeys.MinSessionTimeoutMs.Default;

    public int MaxSessionTimeoutMs { get; init; } = GroupKeys.MaxSessionTimeoutMs.Default;

    public int MaxSize { get; init; } = GroupKeys.MaxSize.Default;

    internal static GroupOptions From(OptionValues values) => new()
    {
        InitialRebalanceDelayMs = values.Get(GroupKeys.InitialRebalanceDelayMs),
        MinSessionTimeoutMs = values.Get(GroupKeys.MinSessionTimeoutMs),
        MaxSessionTimeoutMs = values.Get(GroupKeys.MaxSessionTimeoutMs),
        MaxSize = values.Get(GroupKeys.MaxSize),
    };
}

internal static class GroupKeys
{
    public static readonly OptionSection Section = new("groups", "Consumer groups.");

    public static readonly OptionKey<int> InitialRebalanceDelayMs = Section.Key(
        "initial_rebalance_delay_ms", Whole(0), 3000, "How long a new group waits for more members before its first rebalance.", "group.initial.rebalance.delay.ms");

    public static readonly OptionKey<int> MinSessionTimeoutMs = Section.Key(
        "min_session_timeout_ms", Whole(1), 6000, "The shortest session timeout a member may ask for.", "group.min.session.timeout.ms");

    public static readonly OptionKey<int> MaxSessionTimeoutMs = Section.Key(
        "max_session_timeout_ms", Whole(1), 1_800_000, "The longest session timeout a member may ask for.", "group.max.session.timeout.ms");

    public static readonly OptionKey<int> MaxSize = Section.Key("max_size", Whole(1), int.MaxValue, "The most members of one group.", "group.max.size");
}

using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>Where the broker shows its numbers.</summary>
public sealed record MetricsOptions
{
    public bool Enabled { get; init; } = MetricsKeys.Enabled.Default;

    public ListenAddress Listen { get; init; } = MetricsKeys.Listen.Default;

    /// <summary>How many topics have series of their own.</summary>
    public int MaxTopics { get; init; } = MetricsKeys.MaxTopics.Default;

    /// <summary>How many consumer groups have series of their own.</summary>
    public int MaxGroups { get; init; } = MetricsKeys.MaxGroups.Default;

    internal static MetricsOptions From(OptionValues values) => new()
    {
        Enabled = values.Get(MetricsKeys.Enabled),
        Listen = values.Get(MetricsKeys.Listen),
        MaxTopics = values.Get(MetricsKeys.MaxTopics),
        MaxGroups = values.Get(MetricsKeys.MaxGroups),
    };
}

internal static class MetricsKeys
{
    public static readonly OptionSection Section = new("observability.metrics", "Prometheus metrics, at `/metrics`: [observability.md](observability.md#metrics).");

    public static readonly OptionKey<bool> Enabled = Section.Key("enabled", OptionTypes.Boolean, true, "Whether metrics are served.");

    public static readonly OptionKey<ListenAddress> Listen = Section.Key(
        "listen", OptionTypes.Listen, new ListenAddress("localhost", 9094),
        "Where. An address that other machines reach needs security.allow_plaintext_beyond_loopback. When it cannot be bound the broker says so and runs without metrics.");

    public static readonly OptionKey<int> MaxTopics = Section.Key(
        "max_topics", Whole(0), 10_000,
        "How many topics have series of their own. Those that come when there are so many already are counted together, as the topic `<other>`, for as long as they live.");

    public static readonly OptionKey<int> MaxGroups = Section.Key(
        "max_groups", Whole(0), 10_000,
        "The same for consumer groups, as the group `<other>`.");
}

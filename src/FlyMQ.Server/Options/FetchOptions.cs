using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What consumers may ask for.</summary>
public sealed record FetchOptions
{
    public int MaxBytes { get; init; } = FetchKeys.MaxBytes.Default;

    public int MaxSessions { get; init; } = FetchKeys.MaxSessions.Default;

    internal static FetchOptions From(OptionValues values) => new() { MaxBytes = values.Get(FetchKeys.MaxBytes), MaxSessions = values.Get(FetchKeys.MaxSessions) };
}

internal static class FetchKeys
{
    public static readonly OptionSection Section = new("fetch", "What consumers may ask for.");

    public static readonly OptionKey<int> MaxBytes = Section.Key(
        "max_bytes", Whole(1024), 57_671_680, "The most bytes one fetch is answered with, whatever the client asks for.", "fetch.max.bytes");

    public static readonly OptionKey<int> MaxSessions = Section.Key(
        "max_sessions", Whole(0), 1000, "The most fetch sessions kept at one time.", "max.incremental.fetch.session.cache.slots");
}

using Microsoft.Extensions.Logging;
using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What the broker says while it runs.</summary>
public sealed record LoggingOptions
{
    public LogLevel Level { get; init; } = LoggingKeys.Level.Default;

    public LogFormat Format { get; init; } = LoggingKeys.Format.Default;

    internal static LoggingOptions From(OptionValues values) => new() { Level = values.Get(LoggingKeys.Level), Format = values.Get(LoggingKeys.Format) };
}

/// <summary>How a log line looks.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,
}

internal static class LoggingKeys
{
    public static readonly OptionSection Section = new("logging", "What the broker says while it runs, on standard error.");

    public static readonly OptionKey<LogLevel> Level = Section.Key(
        "level",
        Choice(
            ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning), ("error", LogLevel.Error),
            ("critical", LogLevel.Critical), ("none", LogLevel.None)),
        LogLevel.Information, "The least serious lines that are written.");

    public static readonly OptionKey<LogFormat> Format = Section.Key(
        "format", Choice(("text", LogFormat.Text), ("json", LogFormat.Json)), LogFormat.Text, "Lines for people, or one JSON object per line.");
}

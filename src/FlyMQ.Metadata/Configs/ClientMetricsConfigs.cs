using System.Text.RegularExpressions;
using static FlyMQ.Metadata.Configs.ConfigRule;
using static FlyMQ.Metadata.Configs.ConfigType;

namespace FlyMQ.Metadata.Configs;

/// <summary>The keys of a client-metrics subscription (KIP-714).</summary>
public static class ClientMetricsConfigs
{
    public const string IntervalMs = "interval.ms", Match = "match", Metrics = "metrics";

    private static readonly string[] Selectors =
        ["client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port"];

    public static readonly ConfigTable Table = new(
        "client metrics",
        new ConfigKey(IntervalMs, Int, "300000", Between(100, 3_600_000), "How often clients push their metrics, in milliseconds."),
        new ConfigKey(
            Match, List, "", Form($"[selector]=[pattern],... with a selector of {string.Join(", ", Selectors)} and a regular expression", v => PatternsOf(v) is not null),
            "Which clients the subscription is for: those of which every pattern matches the whole value; without patterns all."),
        new ConfigKey(Metrics, List, "", Any, "Which metrics are wanted, by prefixes of their names; '*' for all."));

    /// <summary>The patterns of a <c>match</c>, by selector; null when it is not of that form. Of two for one selector the last one holds, as in Kafka.</summary>
    public static IReadOnlyDictionary<string, Regex>? PatternsOf(string match)
    {
        var patterns = new Dictionary<string, Regex>(StringComparer.Ordinal);
        foreach (var pair in ConfigValues.List(match))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [var selector, { Length: > 0 } pattern]
                || !Selectors.Contains(selector) || WholeMatch(pattern) is not { } regex)
            {
                return null;
            }

            patterns[selector] = regex;
        }

        return patterns;
    }

    // Clients choose the texts that are matched, so the time has to be linear in them; Kafka takes RE2's patterns for the same reason.
    private static Regex? WholeMatch(string pattern)
    {
        try
        {
            // Alone first, so that a pattern like "a)(b" does not pass for what it is wrapped in.
            _ = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return new Regex($@"\A(?:{pattern})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}

using System.Text.RegularExpressions;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>One alert as its file has it, text for text.</summary>
internal sealed record AlertText(string Name, string Severity, string Summary, string Description);

/// <summary>The files of rules, read as the text they are: one form, which the checks hold them to.</summary>
internal static partial class RuleFiles
{
    public static string Recording => File.ReadAllText(Path.Combine(PrometheusServer.Examples, "recording.rules.yml"));

    public static string Alerts => File.ReadAllText(Path.Combine(PrometheusServer.Examples, "alerts.rules.yml"));

    public static string AlertTests => File.ReadAllText(Path.Combine(PrometheusServer.Examples, "alerts.test.yml"));

    public static IReadOnlyList<string> RecordedNames => [.. Record().Matches(Recording).Select(m => m.Groups["name"].Value)];

    public static IReadOnlyList<AlertText> AlertTexts =>
    [
        .. Alerts.Split("- alert: ").Skip(1).Select(text => new AlertText(
            text.Split('\n')[0], Value(text, "severity"), Value(text, "summary").Trim('"'), Value(text, "description").Trim('"'))),
    ];

    /// <summary>The metrics that expressions name: FlyMQ's own, and the recorded ones, which have a colon.</summary>
    public static IReadOnlySet<string> MetricsIn(string expressions) =>
        Comment().Replace(expressions, "") is var code ? Metric().Matches(code).Select(m => m.Value).ToHashSet(StringComparer.Ordinal) : [];

    private static string Value(string text, string key) => Regex.Match(text, $@"^ +{key}: (.+)$", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"- record: (?<name>\S+)")]
    private static partial Regex Record();

    [GeneratedRegex(@"^ *(#|- name:|summary:|description:).*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<![\w:])([a-z_]+:)?flymq_[a-z0-9_]+(:[a-z0-9_]+)?")]
    private static partial Regex Metric();
}

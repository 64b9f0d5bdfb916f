using System.Text.RegularExpressions;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Traces;

/// <summary>The observability guide's section on tracing: its configuration, its spans, its attributes.</summary>
internal sealed partial record TracingGuide(string Configuration, IReadOnlyList<string> Spans, IReadOnlyList<string> Attributes)
{
    /// <summary>What each attribute is: the guide does not say, and a backend that was told otherwise once keeps to that.</summary>
    private static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["flymq.topic"] = typeof(string),
        ["flymq.partition"] = typeof(long),
        ["flymq.offset"] = typeof(long),
        ["flymq.group_id"] = typeof(string),
        ["flymq.message_size"] = typeof(long),
    };

    /// <summary>Beside the guide's.</summary>
    private static readonly string[] OurSpans = ["flymq.request"], OurAttributes = ["flymq.api", "flymq.raft.command"];

    public static string Text { get; } = File.ReadAllText(Path.Combine(SuiteEnvironment.RepositoryRoot, "tests/FlyMQ.Compatibility/Traces/guide-traces.md"));

    public static TracingGuide Parse(string markdown)
    {
        var json = markdown.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        return new TracingGuide(
            markdown[json..markdown.IndexOf("```", json, StringComparison.Ordinal)],
            Column(markdown, "| Span Name | Description |"),
            Column(markdown, "| Attribute | Description |"));
    }

    /// <summary>One line for everything that is in the tables and was not received, and for everything received that no table allows.</summary>
    public IReadOnlyList<string> Differences(IReadOnlyList<ReceivedSpan> received)
    {
        var names = received.Select(s => s.Name).Distinct().Except(OurSpans).ToList();
        var attributes = received.SelectMany(s => s.Attributes).Where(a => a.Key.StartsWith("flymq.", StringComparison.Ordinal)).ToList();
        var keys = attributes.Select(a => a.Key).Distinct().Except(OurAttributes).ToList();
        return
        [
            .. Spans.Except(names).Select(n => $"no span {n} was received"),
            .. names.Except(Spans).Select(n => $"the span {n} is not in the guide"),
            .. Attributes.Except(keys).Select(a => $"no attribute {a} was received"),
            .. keys.Except(Attributes).Select(a => $"the attribute {a} is not in the guide"),
            .. attributes.Where(a => Types.TryGetValue(a.Key, out var type) && a.Value.GetType() != type).Select(a => $"{a.Key} is a {a.Value.GetType().Name}").Distinct(),
        ];
    }

    private static List<string> Column(string markdown, string head)
    {
        var start = markdown.IndexOf(head, StringComparison.Ordinal);
        Assert.True(start >= 0, $"the guide has no table {head}");
        return [.. markdown[start..].Split('\n').Skip(2).TakeWhile(l => l.StartsWith('|')).Select(l => Cell().Match(l).Groups[1].Value)];
    }

    [GeneratedRegex("^\\| `([a-z_.]+)` \\|")]
    private static partial Regex Cell();
}

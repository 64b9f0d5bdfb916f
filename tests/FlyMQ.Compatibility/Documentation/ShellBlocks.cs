using System.Text.RegularExpressions;

namespace FlyMQ.Compatibility.Documentation;

/// <summary>The commands of a page in Markdown: its blocks that are marked <c>bash</c>.</summary>
internal static partial class ShellBlocks
{
    private static readonly string[] Programs = ["curl ", "kcat ", "./", "prometheus ", "promtool ", "dotnet-counters ", "dotnet ", "kafka-"];

    public static IReadOnlyList<string> Of(string markdown) => [.. Block().Matches(markdown).Select(m => Unindented(m.Groups["text"].Value))];

    /// <summary>Commands between backquotes in the text: a reader would run them, and no test does. Naming a program is no command.</summary>
    public static IReadOnlyList<string> CommandsInProse(string markdown) =>
    [
        .. Inline().Matches(AnyBlock().Replace(markdown, "")).Select(m => m.Groups["text"].Value)
            .Where(text => Programs.Any(p => text.StartsWith(p, StringComparison.Ordinal)) && text.Contains(' ', StringComparison.Ordinal)),
    ];

    // Within a list a block is indented.
    private static string Unindented(string text)
    {
        var lines = text.TrimEnd().Split('\n');
        var indent = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart(' ').Length);
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : l.TrimStart(' ')));
    }

    [GeneratedRegex("^ *```bash\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^ *```.*?^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex AnyBlock();

    [GeneratedRegex("`(?<text>[^`\n]+)`")]
    private static partial Regex Inline();
}

namespace FlyMQ.Compatibility.Metrics;

/// <summary>One metric as the observability guide has it.</summary>
/// <param name="Type">As the guide writes it: Gauge, Counter, Histogram.</param>
internal sealed record GuideRow(string Name, string Type, IReadOnlyList<string> Labels, string Help)
{
    /// <summary>What its samples are called: a histogram has three names, none of which is its own.</summary>
    public IEnumerable<string> SampleNames() => Type == "Histogram" ? [$"{Name}_bucket", $"{Name}_sum", $"{Name}_count"] : [Name];

    public bool Equals(GuideRow? other) =>
        other is not null && Name == other.Name && Type == other.Type && Help == other.Help && Labels.SequenceEqual(other.Labels);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Name} | {Type} | {string.Join(", ", Labels)} | {Help}";
}

/// <summary>Reads the guide's tables of metrics, and says where something differs from them.</summary>
internal static class GuideTable
{
    /// <summary>Every row whose first cell is a metric's name; the tables have three columns, or four with labels before the description.</summary>
    public static IReadOnlyList<GuideRow> Parse(string markdown)
    {
        var rows = new List<GuideRow>();
        foreach (var line in markdown.Split('\n').Where(l => l.StartsWith("| `flymq_", StringComparison.Ordinal)))
        {
            var cells = line.Trim().Trim('|').Split('|').Select(c => c.Trim()).ToList();
            var labels = cells.Count == 4 ? cells[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim().Trim('`')).ToList() : [];
            rows.Add(new GuideRow(cells[0].Trim('`'), cells[1], labels, cells[^1]));
        }

        return rows;
    }

    /// <summary>The section of the guide that is the contract.</summary>
    public static string MetricsOf(string guide)
    {
        const string begin = "## Prometheus Metrics\n";
        var start = guide.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(start >= 0, "the guide has no section Prometheus Metrics");
        var end = guide.IndexOf("\n## ", start + begin.Length, StringComparison.Ordinal);
        return guide[start..(end < 0 ? guide.Length : end)];
    }

    /// <summary>The metrics that a page of ours describes: the first cells of its tables.</summary>
    public static IReadOnlyList<string> NamesIn(string markdown) =>
    [
        .. markdown.Split('\n').Where(l => l.StartsWith("| `flymq_", StringComparison.Ordinal)).Select(l => l[3..l.IndexOf('`', 3)]).Select(n => n.Split('{')[0]),
    ];

    /// <summary>One line for each row that is not there as it stands, and for each metric that no row allows.</summary>
    /// <param name="rows">The contract.</param>
    /// <param name="shown">What is exposed.</param>
    /// <param name="ours">Names beside the guide's.</param>
    public static IReadOnlyList<string> Differences(IReadOnlyList<GuideRow> rows, IReadOnlyList<GuideRow> shown, params IReadOnlyList<string> ours) =>
    [
        .. rows.Where(row => !shown.Contains(row)).Select(row => $"the guide says {row}; there is {shown.FirstOrDefault(s => s.Name == row.Name)?.ToString() ?? "nothing"}"),
        .. shown.Where(s => !ours.Contains(s.Name) && rows.All(row => row.Name != s.Name)).Select(s => $"{s} is neither in the guide nor in the documentation"),
    ];
}

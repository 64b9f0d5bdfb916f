using System.Reflection;
using FlyMQ.Compatibility.Metrics;
using FlyMQ.Server.Exporters.Prometheus;

namespace FlyMQ.Server.Tests.Exporters;

/// <summary>The declarations are the guide's tables, word for word. That the page shows them so is tested with the real process.</summary>
public sealed class MetricFamiliesTests
{
    private static readonly string Table = File.ReadAllText(Path.Combine(Repository.Root, "tests/FlyMQ.Compatibility/Metrics/guide-metrics.md"));

    [Fact]
    public void Every_row_of_the_guide_is_declared_word_for_word_and_nothing_else()
    {
        var rows = GuideTable.Parse(Table);
        Assert.Equal(29, rows.Count);
        Assert.Empty(GuideTable.Differences(rows, Declared()));
    }

    [Theory]
    [InlineData("| `flymq_raft_term` | Gauge |", "| `flymq_raft_term` | Counter |")]
    [InlineData("`flymq_topic_partitions`", "`flymq_topic_partition_count`")]
    [InlineData("| `group`, `topic` | Offset commits |", "| `group` | Offset commits |")]
    [InlineData("| Disk sync latency |", "| Disk sync latency. |")]
    public void A_row_that_says_something_else_is_found(string says, string saysInstead)
    {
        Assert.Contains(says, Table, StringComparison.Ordinal);
        Assert.NotEmpty(GuideTable.Differences(GuideTable.Parse(Table.Replace(says, saysInstead, StringComparison.Ordinal)), Declared()));
    }

    [Fact]
    public void The_table_that_is_kept_here_is_the_guides_own()
    {
        // A git worktree lies one level deeper than a clone; both find the folder beside the repository.
        var guide = new[] { "../shared", "../../shared" }
            .Select(folder => Path.GetFullPath(Path.Combine(Repository.Root, folder, "seeds/flymq-observability-guide.md"))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(guide is null, "the observability guide is not beside the checkout (../shared/seeds): the copy of its tables was not compared with it");
        var rows = GuideTable.Parse(GuideTable.MetricsOf(File.ReadAllText(guide)));
        Assert.Equal(rows, GuideTable.Parse(Table));
        Assert.Empty(GuideTable.Differences(rows, Declared()));
    }

    [Fact]
    public void Every_metric_is_documented_and_every_documented_metric_is_declared()
    {
        var documented = GuideTable.NamesIn(File.ReadAllText(Path.Combine(Repository.Root, "docs/observability.md")));
        // Wherever a section declares them.
        var declared = typeof(MetricFamily).Assembly.GetTypes()
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(f => f.FieldType == typeof(MetricFamily)).Select(f => ((MetricFamily)f.GetValue(null)!).Name).ToList();
        Assert.Equal(declared.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static List<GuideRow> Declared() =>
    [
        .. typeof(MetricFamilies).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (MetricFamily)f.GetValue(null)!)
            .Select(f => new GuideRow(f.Name, f.Type.ToString(), f.Labels, f.Help)),
    ];
}

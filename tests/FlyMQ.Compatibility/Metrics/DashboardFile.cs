using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>What Grafana's import and a reader expect of the dashboard's file.</summary>
public sealed class DashboardFile
{
    private static readonly Dashboard File = Dashboard.Read();

    [Fact]
    public void It_can_be_imported_under_one_address_for_ever()
    {
        Assert.Equal("flymq", (string?)File.Json["uid"]);
        Assert.Null(File.Json["id"]);
        // 38 is Grafana 10.0's; later ones migrate it.
        Assert.Equal(38, (int?)File.Json["schemaVersion"]);
        Assert.Equal(["prometheus"], File.Json["__inputs"]!.AsArray().Select(i => (string)i!["pluginId"]!));
        Assert.Equal(["datasource", "instance", "topic", "group"], File.Json["templating"]!["list"]!.AsArray().Select(v => (string)v!["name"]!));
        var required = File.Json["__requires"]!.AsArray().Where(r => (string?)r!["type"] == "panel").Select(r => (string)r!["id"]!);
        Assert.Equal(File.Panels.Select(p => (string)p.Panel["type"]!).Distinct().Order(), required.Order());
    }

    [Fact]
    public void Its_groups_are_the_guides_and_behind_them_those_beyond_it() => Assert.Equal(
        [
            "Message throughput", "Consumer lag by group", "Latency percentiles", "Cluster health and leader status", "Storage utilization",
            "Lag in time", "Where the time goes", "Saturation", "Partitions and producers", "Recovery and the metrics themselves", "Traces and metrics over OTLP",
            "Clients' own metrics",
        ],
        File.Panels.Select(p => p.Row).Distinct());

    [Fact]
    public void The_first_groups_are_those_that_the_guide_names()
    {
        var guide = new[] { "../shared", "../../shared" }.Select(f => Path.Combine(SuiteEnvironment.RepositoryRoot, f, "seeds/flymq-observability-guide.md")).FirstOrDefault(System.IO.File.Exists);
        Assert.SkipWhen(guide is null, "the observability guide is not beside the checkout (../shared/seeds)");
        var text = System.IO.File.ReadAllText(guide);
        var named = text[text.IndexOf("Key panels include:", StringComparison.Ordinal)..].Split('\n').Where(l => l.StartsWith("- ", StringComparison.Ordinal)).Select(l => l[2..].Split(" (")[0]).ToList();
        Assert.Equal(5, named.Count);
        Assert.Equal(named, File.Panels.Select(p => p.Row).Distinct().Take(5));
        Assert.Contains("`examples/grafana/flymq-dashboard.json`", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Exemplars_are_asked_for_where_the_broker_has_them_once_for_each_panel()
    {
        var asked = File.Queries.Where(q => q.HasExemplars).ToList();
        Assert.All(asked, query => Assert.Matches("flymq_(produce|consume)_latency_seconds_bucket", query.Expression));
        Assert.Distinct(asked.Select(q => q.Panel));
        Assert.Equal(
            File.Queries.Where(q => q.Row == "Latency percentiles" && q.Expression.Contains("_bucket", StringComparison.Ordinal)).Select(q => q.Panel).Distinct(), asked.Select(q => q.Panel));
    }

    [Fact]
    public void Every_panel_has_a_title_a_description_a_unit_and_legends_and_a_place_of_its_own()
    {
        var taken = new HashSet<(int, int)>();
        var panels = File.Json["panels"]!.AsArray();
        Assert.Distinct(panels.Select(p => (int)p!["id"]!));
        foreach (var (_, panel) in File.Panels)
        {
            var title = (string)panel["title"]!;
            Assert.True(((string?)panel["description"])?.Length > 10, $"{title} has no description");
            var unit = (string?)panel["fieldConfig"]!["defaults"]!["unit"] ?? (string?)panel["options"]!["yAxis"]?["unit"];
            Assert.False(string.IsNullOrEmpty(unit), $"{title} has no unit");
            Assert.All(panel["targets"]!.AsArray(), query => Assert.False(string.IsNullOrEmpty((string?)query!["legendFormat"]), $"{title} has no legend"));
            Assert.All(panel["targets"]!.AsArray().Append(panel), part => Assert.Equal("${datasource}", (string?)part!["datasource"]!["uid"]));
        }

        Assert.All(panels, panel => Assert.True(Cells(panel!).All(taken.Add), $"{panel!["title"]} lies on another panel"));
        Assert.Contains(File.Panels, p => (string?)p.Panel["type"] == "heatmap");
    }

    [Fact]
    public void It_shows_all_of_the_guides_metrics_and_all_beyond_and_no_others()
    {
        var guide = GuideTable.Parse(System.IO.File.ReadAllText(Path.Combine(SuiteEnvironment.RepositoryRoot, "tests/FlyMQ.Compatibility/Metrics/guide-metrics.md"))).Select(row => row.Name);
        var documentation = System.IO.File.ReadAllLines(Path.Combine(SuiteEnvironment.RepositoryRoot, "docs/observability.md"));
        var metrics = guide.Union(documentation.Where(line => line.StartsWith("| `flymq_", StringComparison.Ordinal)).Select(line => line.Split('`')[1])).ToList();
        Assert.True(metrics.Count > 80, "the documentation's tables are not found");
        var shown = RuleFiles.MetricsIn(string.Join('\n', File.Queries.Select(q => q.Expression)));
        string[] Samples(string metric) => [metric, $"{metric}_bucket", $"{metric}_sum", $"{metric}_count"];
        Assert.Empty(shown.Except(metrics.SelectMany(Samples)));
        Assert.All(metrics, metric => Assert.True(Samples(metric).Any(shown.Contains), $"no panel shows {metric}"));
    }

    private static IEnumerable<(int, int)> Cells(JsonNode panel)
    {
        var place = panel["gridPos"]!;
        return from x in Enumerable.Range((int)place["x"]!, (int)place["w"]!) from y in Enumerable.Range((int)place["y"]!, (int)place["h"]!) select (x, y);
    }
}

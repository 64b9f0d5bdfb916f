using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>One query of a panel.</summary>
/// <param name="Row">The title of the row that the panel is in.</param>
/// <param name="Panel">The panel's title.</param>
/// <param name="Type">The panel's type.</param>
/// <param name="Unit">What its values are in.</param>
/// <param name="Legend">What a series is called, with <c>{{label}}</c>.</param>
/// <param name="HasExemplars">Whether Grafana asks for exemplars beside the values.</param>
internal sealed record PanelQuery(string Row, string Panel, string Type, string Unit, string Expression, string Legend, bool IsInstant, bool HasExemplars);

/// <summary>The dashboard for Grafana as the file has it.</summary>
internal sealed partial class Dashboard
{
    private Dashboard(JsonNode json) => Json = json;

    public JsonNode Json { get; }

    /// <summary>Every panel that is not a row, in the file's order, with the title of its row.</summary>
    public IEnumerable<(string Row, JsonNode Panel)> Panels
    {
        get
        {
            var row = "";
            foreach (var panel in Json["panels"]!.AsArray().Select(p => p!))
            {
                if ((string?)panel["type"] == "row")
                {
                    row = (string)panel["title"]!;
                    Assert.Empty(panel["panels"]!.AsArray());
                }
                else
                {
                    yield return (row, panel);
                }
            }
        }
    }

    public IEnumerable<PanelQuery> Queries =>
        from placed in Panels
        from query in placed.Panel["targets"]!.AsArray()
        select new PanelQuery(
            placed.Row,
            (string)placed.Panel["title"]!,
            (string)placed.Panel["type"]!,
            (string?)placed.Panel["fieldConfig"]!["defaults"]!["unit"] ?? "",
            (string)query["expr"]!,
            (string?)query["legendFormat"] ?? "",
            (bool?)query["instant"] ?? false,
            (bool?)query["exemplar"] ?? false);

    /// <summary>The variables that Prometheus fills: name, selector and label of <c>label_values(selector, label)</c>.</summary>
    public IEnumerable<(string Name, string Selector, string Label)> Variables =>
        from variable in Json["templating"]!["list"]!.AsArray()
        where (string?)variable["type"] == "query"
        let query = LabelValues().Match((string)variable["query"]!["query"]!)
        select ((string)variable["name"]!, query.Groups["selector"].Value, query.Groups["label"].Value);

    public static Dashboard Read() =>
        new(JsonNode.Parse(File.ReadAllText(Path.Combine(SuiteEnvironment.RepositoryRoot, "examples/grafana/flymq-dashboard.json")))!);

    /// <summary>As Grafana does it before it asks: <c>$name</c> and <c>${name}</c> by what is chosen.</summary>
    public static string Substitute(string expression, IReadOnlyDictionary<string, string> values) =>
        VariableUse().Replace(expression, use => values.GetValueOrDefault(use.Groups["name"].Value) ?? throw new KeyNotFoundException($"{use.Value} in {expression} is no variable"));

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\$\{?(?<name>\w+)\}?")]
    private static partial Regex VariableUse();
}

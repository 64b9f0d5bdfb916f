using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>
/// A real Prometheus with the configuration and the rules of <c>examples/prometheus</c>, on a free port and over a temporary folder, which asks one broker every
/// second. It is this test's own process, never the package's service.
/// </summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    public static readonly string Examples = Path.Combine(SuiteEnvironment.RepositoryRoot, "examples/prometheus");
    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-prometheus-").FullName;
    private readonly HttpClient _http;
    private readonly Process _process;
    private readonly BrokerLog _log;

    private PrometheusServer(string program, string target)
    {
        var example = File.ReadAllText(Path.Combine(Examples, "prometheus.yml"));
        File.WriteAllText(
            Path.Combine(_folder, "prometheus.yml"),
            Replaced(Replaced(example, "localhost:9094", target), "_interval: 15s", "_interval: 1s"));
        foreach (var rules in Directory.GetFiles(Examples, "*.rules.yml"))
        {
            File.Copy(rules, Path.Combine(_folder, Path.GetFileName(rules)));
        }

        var port = FreePorts.Take(1);
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _log = new BrokerLog(Path.Combine(_folder, "prometheus.log"));
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        start.ArgumentList.Add($"--config.file={_folder}/prometheus.yml");
        start.ArgumentList.Add($"--storage.tsdb.path={_folder}/series");
        start.ArgumentList.Add($"--web.listen-address=127.0.0.1:{port}");
        start.ArgumentList.Add("--enable-feature=exemplar-storage");
        start.ArgumentList.Add("--log.level=warn");
        _process = Process.Start(start)!;
        _log.Follow(_process);
    }

    /// <param name="program">The path of Prometheus.</param>
    /// <param name="target">The broker's metrics, <c>host:port</c>.</param>
    public static async Task<PrometheusServer> StartAsync(string program, string target)
    {
        var server = new PrometheusServer(program, target);
        try
        {
            await Until.TrueAsync("Prometheus is ready", server.IsReadyAsync, TimeSpan.FromSeconds(60), server._log.Tail);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The series that a query finds now.</summary>
    public async Task<IReadOnlyList<FoundSeries>> QueryAsync(string query) =>
        Series(await GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}"));

    /// <summary>The series that a query finds in the last seconds, one value each second.</summary>
    public async Task<IReadOnlyList<FoundSeries>> QueryRangeAsync(string query, TimeSpan range)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return Series(await GetAsync(string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/query_range?query={Uri.EscapeDataString(query)}&start={now - range.TotalSeconds}&end={now}&step=1")));
    }

    /// <summary>The labels of the exemplars of the series that a query reads.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ExemplarsAsync(string query, TimeSpan range)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var series = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/query_exemplars?query={Uri.EscapeDataString(query)}&start={now - range.TotalSeconds}&end={now}"));
        return
        [
            .. series.AsArray().SelectMany(s => s!["exemplars"]!.AsArray())
                .Select(exemplar => exemplar!["labels"]!.AsObject().ToDictionary(label => label.Key, label => label.Value!.GetValue<string>())),
        ];
    }

    /// <summary>The values of a label among the series that are selected.</summary>
    public async Task<IReadOnlyList<string>> LabelValuesAsync(string selector, string label) =>
        [.. (await GetAsync($"/api/v1/label/{label}/values?match[]={Uri.EscapeDataString(selector)}")).AsArray().Select(v => v!.GetValue<string>())];

    /// <summary>Every rule as Prometheus tells of it: <c>name</c>, <c>type</c>, <c>health</c>, <c>lastError</c>, for an alert <c>state</c>.</summary>
    public async Task<IReadOnlyList<JsonNode>> RulesAsync() =>
        [.. (await GetAsync("/api/v1/rules"))["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Replaced(string text, string old, string with)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, with, StringComparison.Ordinal);
    }

    private static List<FoundSeries> Series(JsonNode data) =>
    [
        .. data["result"]!.AsArray().Select(series => new FoundSeries(
            series!["metric"]!.AsObject().ToDictionary(label => label.Key, label => label.Value!.GetValue<string>()),
            Value(series["value"]?.AsArray() ?? series["values"]!.AsArray()[^1]!.AsArray()))),
    ];

    private static double Value(JsonArray pair) => pair[1]!.GetValue<string>() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var number => double.Parse(number, CultureInfo.InvariantCulture),
    };

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process.HasExited, $"Prometheus ended before it was ready\n{_log.Tail()}");
        try
        {
            using var answer = await _http.GetAsync("/-/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {body["error"]}");
        return body["data"]!;
    }
}

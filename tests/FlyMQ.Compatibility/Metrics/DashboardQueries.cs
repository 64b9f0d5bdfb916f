using System.Text.RegularExpressions;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>
/// The real broker under load from a real client, a real Prometheus that asks it every second, and every query of the dashboard and of the rules: each finds
/// something, and what it finds are numbers.
/// </summary>
public sealed partial class DashboardQueries
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Shown = TimeSpan.FromSeconds(5);

    /// <summary>The groups of panels in which, under load, nothing is zero.</summary>
    private static readonly string[] MovingRows = ["Message throughput", "Latency percentiles", "Where the time goes"];

    /// <summary>What is zero at a broker that is well and not overloaded, by what its expression has; of every other query something is not.</summary>
    private static readonly string[] Quiet =
    [
        // Groups that are at rest.
        "flymq_consumer_group_rebalances_total", "flymq_consumer_group_rebalance_seconds_total", "flymq_consumer_group_rebalance_reasons_total", "flymq_consumer_group_lag_pending",
        // Nobody waits: queues are empty when they are looked at, or all but now and then.
        "flymq_requests_waiting", "flymq_request_memory_bytes", "flymq_storage_flush_queue_records", "flymq_storage_unflushed_bytes", "flymq_storage_unflushed_age_seconds",
        "flymq_storage_tail_memory_waits_total", "flymq_runtime_thread_pool_queue_length", "flymq_storage_unsettled_bytes", "flymq_server_connections_refused_total",
        "flymq_storage_index_bytes_written_total", "flymq_runtime_gc_",
        // Clients stay connected, and nothing was deleted.
        "connection.creation.total", "flymq_topic_oldest_offset",
        // A quorum of one, and partitions that are all there.
        "flymq_raft_term", "flymq_raft_elections_total", "flymq_partitions_offline", "flymq_partitions_under_replicated", "flymq_partitions_under_min_isr",
        // Room for all.
        "flymq_metrics_rolled_up_topics", "flymq_metrics_series_left_out", "flymq_client_telemetry_evicted_total", "flymq_client_telemetry_rejected_total",
        "flymq_client_telemetry_dropped_points_total", "flymq_client_telemetry_forward_dropped_total",
        // The endpoint takes all, and sooner than it is looked at.
        "flymq_trace_spans_dropped_total", "flymq_trace_spans_waiting", "flymq_metrics_exports_failed_total", "flymq_metrics_points_dropped_total",
    ];

    /// <summary>What the rules name and no broker has yet: both come with TLS and the audit trail.</summary>
    private static readonly string[] ToCome = ["flymq_audit_failures_total", "flymq_tls_certificate_expiry_timestamp_seconds"];

    [Fact]
    public async Task Each_panel_variable_and_rule_finds_what_a_broker_under_load_tells()
    {
        SuiteEnvironment.OnlyFlyMQ();
        var program = Programs.Require("prometheus");
        Librdkafka.EnsureLoaded();
        await using var load = await DashboardLoad.StartAsync();
        var target = $"127.0.0.1:{load.Broker.MetricsPort}";
        await using var prometheus = await PrometheusServer.StartAsync(program, target);
        await CheckPanelsAsync(prometheus, Choice(target, DashboardLoad.Topics, DashboardLoad.Groups));
        await CheckPanelsAsync(prometheus, Choice(instance: ".*", topic: ".*", group: ".*"));
        await CheckExemplarsAsync(prometheus);
        await CheckJudgeAsync(prometheus);
        await CheckVariablesAsync(prometheus, target);
        await CheckRulesAsync(prometheus);
        CheckNames(await Scrape.OfAsync(load.Broker.MetricsPort));
        load.IsStillOn();
    }

    private static async Task CheckPanelsAsync(PrometheusServer prometheus, IReadOnlyDictionary<string, string> choice)
    {
        var queries = Dashboard.Read().Queries.ToList();
        Assert.True(queries.Count > 150, "queries are missing");
        List<string> complaints = [];
        await Until.TrueAsync(
            "every panel has data",
            async () =>
            {
                complaints.Clear();
                foreach (var query in queries)
                {
                    complaints.AddRange((await JudgeAsync(prometheus, query, choice)).Select(what => $"{query.Panel}: {what}: {query.Expression}"));
                }

                return complaints.Count == 0;
            },
            Patience,
            () => $"\n{string.Join('\n', complaints)}");
    }

    // Grafana asks beside the values, with the same expression.
    private static async Task CheckExemplarsAsync(PrometheusServer prometheus)
    {
        foreach (var query in Dashboard.Read().Queries.Where(q => q.HasExemplars))
        {
            IReadOnlyList<IReadOnlyDictionary<string, string>> found = [];
            await Until.TrueAsync(
                $"{query.Panel} has exemplars",
                async () => (found = await prometheus.ExemplarsAsync(Dashboard.Substitute(query.Expression, Choice(".*", ".*", ".*")), Patience)).Count > 0,
                Patience);
            Assert.All(found, exemplar => Assert.Matches("^[0-9a-f]{32}$", exemplar["trace_id"]));
        }
    }

    /// <returns>What is wrong with a query's result.</returns>
    private static async Task<IReadOnlyList<string>> JudgeAsync(PrometheusServer prometheus, PanelQuery query, IReadOnlyDictionary<string, string> choice)
    {
        var expression = Dashboard.Substitute(query.Expression, choice);
        var found = query.IsInstant ? await prometheus.QueryAsync(expression) : await prometheus.QueryRangeAsync(expression, Shown);
        List<string> wrong = found.Count == 0 ? ["no series"] : [];
        wrong.AddRange(found.Where(s => !double.IsFinite(s.Last)).Select(s => $"{s} is {s.Last}"));
        wrong.AddRange(found.Where(s => s.Last < 0).Select(s => $"{s} is negative"));
        foreach (var label in LegendLabel().Matches(query.Legend).Select(m => m.Groups[1].Value))
        {
            wrong.AddRange(found.Where(s => !s.Labels.ContainsKey(label)).Select(s => $"{s} has no {label} for its legend"));
        }

        if (query.Unit == "percentunit")
        {
            wrong.AddRange(found.Where(s => s.Last > 1 + 1e-9).Select(s => $"{s} is more than the whole"));
        }

        if (found.Count > 0 && found.All(s => s.Last == 0) && !Quiet.Any(metric => query.Expression.Contains(metric, StringComparison.Ordinal)))
        {
            wrong.Add("all is zero");
        }

        if (query.Type == "heatmap")
        {
            var buckets = found.Where(s => s.Labels.ContainsKey("le")).OrderBy(s => s.Labels["le"] == "+Inf" ? double.MaxValue : double.Parse(s.Labels["le"], System.Globalization.CultureInfo.InvariantCulture)).ToList();
            wrong.AddRange(buckets.Zip(buckets.Skip(1)).Where(pair => pair.First.Last > pair.Second.Last).Select(pair => $"{pair.Second} is less than the bucket before"));
            wrong.AddRange(buckets is [.., { Last: > 0 }] ? [] : ["no requests"]);
        }
        else if (MovingRows.Contains(query.Row))
        {
            // What the broker writes itself is no client's.
            wrong.AddRange(found.Where(s => s.Last == 0 && s.Labels.GetValueOrDefault("topic") != "__consumer_offsets").Select(s => $"{s} is zero under load"));
        }

        return wrong;
    }

    // A judge that finds nothing wrong with anything is none.
    private static async Task CheckJudgeAsync(PrometheusServer prometheus)
    {
        async Task<string> WrongWith(string expression, string legend = "", string row = "", string type = "timeseries", string unit = "none") =>
            Assert.Single(await JudgeAsync(prometheus, new PanelQuery(row, "", type, unit, expression, legend, IsInstant: false, HasExemplars: false), Choice(".*", ".*", ".*")));

        Assert.Equal("no series", await WrongWith("rate(flymq_messages_made_total[$__rate_interval])"));
        Assert.Equal("no series", await WrongWith("sum(flymq_server_memory_bytes{topic=~\"orders\"})"));
        Assert.EndsWith("is NaN", await WrongWith("sum(flymq_cluster_nodes) * 0 / 0"), StringComparison.Ordinal);
        Assert.EndsWith("has no topic for its legend", await WrongWith("sum(flymq_topic_partitions)", legend: "{{topic}}"), StringComparison.Ordinal);
        Assert.EndsWith("is zero under load", await WrongWith("flymq_partitions_offline", row: MovingRows[0]), StringComparison.Ordinal);
        Assert.Equal("all is zero", await WrongWith("sum(flymq_cluster_nodes) * 0"));
        Assert.EndsWith("is more than the whole", await WrongWith("sum(flymq_cluster_nodes) * 2", unit: "percentunit"), StringComparison.Ordinal);
        Assert.Equal("no requests", await WrongWith("sum by (le) (flymq_produce_latency_seconds_bucket) * on () group_left () sum(flymq_partitions_offline)", type: "heatmap"));
    }

    private static async Task CheckVariablesAsync(PrometheusServer prometheus, string instance)
    {
        var choice = Choice(".*", ".*", ".*");
        var values = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, selector, label) in Dashboard.Read().Variables)
        {
            values[name] = await prometheus.LabelValuesAsync(Dashboard.Substitute(selector, choice), label);
        }

        Assert.Equal([instance], values["instance"]);
        Assert.Equal(["__consumer_offsets", "orders", "payments"], values["topic"]);
        Assert.Equal(DashboardLoad.Groups.Split('|'), values["group"]);
    }

    private static async Task CheckRulesAsync(PrometheusServer prometheus)
    {
        List<string> missing = [];
        await Until.TrueAsync(
            "every recording rule has a number",
            async () =>
            {
                missing.Clear();
                foreach (var name in RuleFiles.RecordedNames)
                {
                    var found = await prometheus.QueryAsync(name);
                    missing.AddRange(found.Count > 0 && found.All(s => double.IsFinite(s.Last)) ? [] : [name]);
                }

                return missing.Count == 0;
            },
            Patience,
            () => string.Join(", ", missing));
        var rules = await prometheus.RulesAsync();
        Assert.Equal(RuleFiles.RecordedNames.Count + RuleFiles.AlertTexts.Count, rules.Count);
        Assert.All(rules, rule => Assert.True((string?)rule["health"] == "ok", $"{rule["name"]}: {rule["lastError"]}"));
        // A broker that works wakes nobody.
        Assert.All(rules, rule => Assert.NotEqual("firing", (string?)rule["state"]));
    }

    private static void CheckNames(Scrape page)
    {
        var served = page.Rows().SelectMany(row => row.SampleNames()).ToHashSet(StringComparer.Ordinal);
        var named = RuleFiles.MetricsIn($"{RuleFiles.Recording}\n{RuleFiles.Alerts}\n{string.Join('\n', Dashboard.Read().Queries.Select(q => q.Expression))}");
        Assert.Contains("flymq_storage_sync_latency_seconds_bucket", named);
        Assert.Contains("group_topic:flymq_consumer_group_lag:sum", named);
        // Exactly these: one that has come is to be provoked like the others.
        Assert.Equal(ToCome, named.Except(served).Except(RuleFiles.RecordedNames).Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> Choice(string instance, string topic, string group) => new()
    {
        ["instance"] = instance, ["topic"] = topic, ["group"] = group, ["__rate_interval"] = "10s", ["__range"] = "30s",
    };

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex LegendLabel();
}

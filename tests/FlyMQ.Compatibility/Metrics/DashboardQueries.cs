using System.Text.RegularExpressions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
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
    private static readonly string[] MovingRows = ["Message throughput", "Latency percentiles"];

    [Fact]
    public async Task Each_panel_variable_and_rule_finds_what_a_broker_under_load_tells()
    {
        SuiteEnvironment.OnlyFlyMQ();
        var program = Programs.Require("prometheus");
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        await CreateTopicsAsync(broker);
        using var end = new CancellationTokenSource();
        Task[] load = [Task.Run(() => ProduceAsync(broker, end.Token)), Task.Run(() => Consume(broker, end.Token))];
        try
        {
            await using var prometheus = await PrometheusServer.StartAsync(program, $"127.0.0.1:{broker.MetricsPort}");
            await CheckPanelsAsync(prometheus, Choice(instance: $"127.0.0.1:{broker.MetricsPort}", topic: "orders|payments", group: "readers"));
            await CheckPanelsAsync(prometheus, Choice(instance: ".*", topic: ".*", group: ".*"));
            await CheckJudgeAsync(prometheus);
            await CheckVariablesAsync(prometheus, $"127.0.0.1:{broker.MetricsPort}");
            await CheckRulesAsync(prometheus);
            CheckNames(await Scrape.OfAsync(broker.MetricsPort));
            Assert.All(load, task => Assert.False(task.IsCompleted, $"the load ended: {task.Exception}"));
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(load);
        }
    }

    private static async Task CheckPanelsAsync(PrometheusServer prometheus, IReadOnlyDictionary<string, string> choice)
    {
        var queries = Dashboard.Read().Queries.ToList();
        Assert.True(queries.Count > 40, "queries are missing");
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
        async Task<string> WrongWith(string expression, string legend = "", string row = "", string type = "timeseries") =>
            Assert.Single(await JudgeAsync(prometheus, new PanelQuery(row, "", type, expression, legend, IsInstant: false), Choice(".*", ".*", ".*")));

        Assert.Equal("no series", await WrongWith("rate(flymq_messages_made_total[$__rate_interval])"));
        Assert.Equal("no series", await WrongWith("sum(flymq_server_memory_bytes{topic=~\"orders\"})"));
        Assert.EndsWith("is NaN", await WrongWith("sum(flymq_cluster_nodes) * 0 / 0"), StringComparison.Ordinal);
        Assert.EndsWith("has no topic for its legend", await WrongWith("sum(flymq_topic_partitions)", legend: "{{topic}}"), StringComparison.Ordinal);
        Assert.EndsWith("is zero under load", await WrongWith("sum(flymq_cluster_nodes) * 0", row: MovingRows[0]), StringComparison.Ordinal);
        Assert.Equal("no requests", await WrongWith("sum by (le) (flymq_produce_latency_seconds_bucket) * 0", type: "heatmap"));
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
        Assert.Equal(["readers"], values["group"]);
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
        Assert.Empty(named.Except(served).Except(RuleFiles.RecordedNames));
    }

    private static Dictionary<string, string> Choice(string instance, string topic, string group) => new()
    {
        ["instance"] = instance, ["topic"] = topic, ["group"] = group, ["__rate_interval"] = "10s", ["__range"] = "30s",
    };

    private static async Task CreateTopicsAsync(BrokerProcess broker)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build();
        await admin.CreateTopicsAsync(
        [
            new TopicSpecification { Name = "orders", NumPartitions = 2, ReplicationFactor = 1 },
            new TopicSpecification { Name = "payments", NumPartitions = 1, ReplicationFactor = 1 },
        ]);
    }

    private static async Task ProduceAsync(BrokerProcess broker, CancellationToken until)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All, LingerMs = 0 }).Build();
        for (var i = 0; !until.IsCancellationRequested; i++)
        {
            var record = new Message<Null, byte[]> { Value = new byte[100] };
            await producer.ProduceAsync(i % 3 == 0 ? new TopicPartition("payments", 0) : new TopicPartition("orders", i % 2), record);
            await Task.Delay(5);
        }
    }

    private static void Consume(BrokerProcess broker, CancellationToken until)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = "readers", ClientId = "reader", AutoOffsetReset = AutoOffsetReset.Earliest, AutoCommitIntervalMs = 500,
        }).Build();
        consumer.Subscribe(["orders", "payments"]);
        while (!until.IsCancellationRequested)
        {
            consumer.Consume(TimeSpan.FromMilliseconds(100));
        }

        consumer.Close();
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex LegendLabel();
}

using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Scenarios;
using FlyMQ.Compatibility.Traces;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>The real process sends its metrics over OTLP to a receiver of the test: what arrives is what the page shows.</summary>
public sealed class OtlpMetricsExport
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("grpc", "none")]
    [InlineData("http/protobuf", "gzip")]
    public async Task Every_sample_of_the_page_arrives_with_its_value_and_leaves_with_its_topic(string protocol, string compression)
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port, protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var broker = await StartAsync(
            port, ("observability.metrics.otlp.protocol", protocol), ("observability.metrics.otlp.compression", compression),
            ("observability.metrics.otlp.headers", "api-key=secret"), ("observability.tracing.service_name", "orders-broker"),
            ("observability.tracing.resource_attributes", "deployment.environment.name=test"));
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).SetLogHandler((_, _) => { }).Build();
        await broker.CreateTopicAsync("orders", 2);
        await ProduceAndReadAsync(broker);

        List<string> differences = [];
        await Until.TrueAsync(
            "an export has what the page has", async () => (differences = await DifferencesAsync(broker, receiver)).Count == 0, Patience, () => string.Join('\n', differences.Take(20)));
        var points = Last(receiver);
        var produced = Assert.Single(points, p => p.Name == "flymq_messages_produced_total" && p.Labels["topic"] == "orders");
        Assert.Equal((10, "sum"), (produced.Value, produced.Kind));
        var latency = Assert.Single(points, p => p.Name == "flymq_produce_latency_seconds");
        Assert.Equal(("histogram", "s", 10UL), (latency.Kind, latency.Unit, latency.Count));
        Assert.Equal(("gauge", "By"), Assert.Single(points.Where(p => p.Name == "flymq_server_memory_bytes").Select(p => (p.Kind, p.Unit))));
        Assert.InRange(produced.At - produced.StartedAt, 1UL, 600_000_000_000UL);

        var resource = ReceivedPoint.Parse(receiver.MetricRequests.Last()).Resource;
        Assert.Equal("orders-broker", resource["service.name"]);
        Assert.Equal("node-1", resource["service.instance.id"]);
        Assert.Equal("test", resource["deployment.environment.name"]);
        var (path, headers) = receiver.Requests.Last();
        Assert.Equal(protocol == "grpc" ? "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" : "/v1/metrics", path);
        Assert.Equal("secret", headers["api-key"]);

        await admin.DeleteTopicsAsync(["orders"]);
        await Until.TrueAsync("the topic's series leave", () => Last(receiver) is { Count: > 0 } last && !last.Any(p => p.Labels.GetValueOrDefault("topic") == "orders"), Patience);
        Assert.True((await Scrape.OfAsync(broker.MetricsPort))["flymq_metrics_points_exported_total"] >= points.Count);
        Assert.Equal(0, (await Scrape.OfAsync(broker.MetricsPort))["flymq_metrics_exports_failed_total"]);
    }

    // OpenTelemetry's SDK drops what is above 2,000 series of an instrument unless it is told otherwise.
    [Fact]
    public async Task Three_thousand_series_of_one_family_arrive()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await StartAsync(port, ("observability.metrics.otlp.interval_ms", "2000"));
        foreach (var topic in new[] { "a", "b", "c" })
        {
            await broker.CreateTopicAsync(topic, 1000);
        }

        await Until.TrueAsync(
            "all partitions arrive",
            () => Last(receiver).Count(p => p.Name == "flymq_topic_newest_offset" && p.Labels["topic"] is "a" or "b" or "c") == 3000,
            Patience,
            () => $"there are {Last(receiver).Count}");
        Assert.All(receiver.MetricRequests, r => Assert.InRange(r.Length, 1, 4 << 20));
    }

    [Fact]
    public async Task An_endpoint_that_is_down_costs_a_counter_and_one_log_line_until_it_is_back()
    {
        SuiteEnvironment.OnlyFlyMQ();
        var port = FreePorts.Take(1);
        await using var broker = await StartAsync(port);
        await Until.TrueAsync("exports fail", async () => (await Scrape.OfAsync(broker.MetricsPort))["flymq_metrics_exports_failed_total"] >= 3, Patience);
        Assert.Equal(0, (await Scrape.OfAsync(broker.MetricsPort))["flymq_metrics_points_exported_total"]);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await Until.TrueAsync("metrics arrive", () => !receiver.MetricRequests.IsEmpty, Patience);
        await Until.TrueAsync("it says that it works", () => broker.LogTail.Contains("are sent to", StringComparison.Ordinal), Patience);
        var failing = Assert.Single(broker.LogTail.Split('\n'), line => line.Contains("Metrics cannot be sent", StringComparison.Ordinal));
        Assert.Contains("Connection refused", failing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_broker_sends_what_was_counted_last_and_does_not_wait_for_who_is_silent()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await StartAsync(port, ("observability.metrics.otlp.interval_ms", "3600000"));
        await broker.CreateTopicAsync("orders", 2);
        await ProduceAndReadAsync(broker);
        Assert.Empty(receiver.MetricRequests);
        Assert.Equal(0, await broker.StopAsync());
        Assert.Contains(Last(receiver), p => p.Name == "flymq_messages_produced_total" && p.Labels["topic"] == "orders" && p.Value == 10);

        var silence = new TaskCompletionSource();
        receiver.MayAnswer = silence.Task;
        await broker.StartAgainAsync();
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await broker.StopAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        silence.SetResult();
    }

    private static Task<BrokerProcess> StartAsync(int port, params (string Key, string Value)[] more)
    {
        var flags = new Dictionary<string, string>
        {
            ["observability.metrics.otlp.enabled"] = "true",
            ["observability.metrics.otlp.endpoint"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            ["observability.metrics.otlp.interval_ms"] = "300",
        };
        foreach (var (key, value) in more)
        {
            flags[key] = value;
        }

        return BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = flags });
    }

    private static async Task ProduceAndReadAsync(BrokerProcess broker)
    {
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, LingerMs = 0 }).SetLogHandler((_, _) => { }).Build())
        {
            for (var i = 0; i < 10; i++)
            {
                await producer.ProduceAsync(new TopicPartition("orders", i % 2), new Message<Null, string> { Value = "value" });
            }
        }

        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = "readers", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe("orders");
        for (var i = 0; i < 10; i++)
        {
            Assert.NotNull(consumer.Consume(TimeSpan.FromSeconds(30)));
        }

        consumer.Commit();
        consumer.Close();
    }

    /// <summary>What came with the last moment's export, which may be several requests.</summary>
    private static List<ReceivedPoint> Last(OtlpReceiver receiver)
    {
        var all = receiver.MetricRequests.Reverse().Take(8).SelectMany(r => ReceivedPoint.Parse(r).Points).ToList();
        var last = all.Count == 0 ? 0 : all.Max(p => p.At);
        return [.. all.Where(p => p.At == last)];
    }

    /// <summary>Between an export and the scrapes before and behind it: what rests has the same value in all three, and what moves is there all the same.</summary>
    private static async Task<List<string>> DifferencesAsync(BrokerProcess broker, OtlpReceiver receiver)
    {
        var before = (await Scrape.OfAsync(broker.MetricsPort)).All();
        var asked = (ulong)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        await Until.TrueAsync("a new export", () => Last(receiver) is [var point, ..] && point.At > asked, Patience);
        var sent = Last(receiver).SelectMany(p => p.Samples()).ToDictionary(s => s.Sample, s => s.Value);
        var behind = (await Scrape.OfAsync(broker.MetricsPort)).All();
        return
        [
            .. behind.Where(s => before.TryGetValue(s.Key, out var value) && value == s.Value && sent.GetValueOrDefault(s.Key, double.NaN) != value)
                .Select(s => $"page: {s.Key} {s.Value}, sent {sent.GetValueOrDefault(s.Key, double.NaN)}"),
            .. before.Keys.Intersect(behind.Keys).Except(sent.Keys).Select(name => $"page only: {name}"),
            .. sent.Keys.Except(before.Keys).Except(behind.Keys).Select(name => $"sent only: {name}"),
        ];
    }
}

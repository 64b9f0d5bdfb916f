using System.Globalization;
using Confluent.Kafka;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Traces;

/// <summary>The guide's section on tracing, word for word: its configuration starts the broker, and what its tables name is received, under real clients.</summary>
public sealed class GuidesConfiguration
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TracingGuide Guide = TracingGuide.Parse(TracingGuide.Text);

    [Fact]
    public void The_section_is_the_guides()
    {
        var guide = new[] { "../shared", "../../shared" }
            .Select(folder => Path.GetFullPath(Path.Combine(SuiteEnvironment.RepositoryRoot, folder, "seeds/flymq-observability-guide.md"))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(guide is null, "the observability guide is not beside the checkout (../shared/seeds): the copy of its section was not compared with it");
        var whole = File.ReadAllText(guide);
        var start = whole.IndexOf("## OpenTelemetry Tracing\n", StringComparison.Ordinal);
        Assert.Equal(whole[start..whole.IndexOf("\n---\n", start, StringComparison.Ordinal)].TrimEnd(), TracingGuide.Text.TrimEnd());
        Assert.Equal((7, 5), (Guide.Spans.Count, Guide.Attributes.Count));
    }

    [Fact]
    public async Task The_guides_block_brings_the_guides_spans_and_attributes()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        var folder = Directory.CreateTempSubdirectory("flymq-traces-");
        try
        {
            var file = Path.Combine(folder.FullName, "flymq.json");
            Assert.Contains("\"localhost:4317\"", Guide.Configuration, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, Guide.Configuration.Replace("4317", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            await using var broker = await BrokerProcess.StartAsync(new BrokerSettings
            {
                FlyMQ = new Dictionary<string, string> { ["config"] = file, ["observability.tracing.batch_delay_ms"] = "100" },
            });
            await UseAsync(broker, receiver);
            Assert.Empty(Guide.Differences(receiver.Spans));
            Assert.All(receiver.Spans, s => Assert.Equal("flymq", s.Resource["service.name"]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // A contract that any receiver would meet is none.
        foreach (var row in Guide.Spans.Concat(Guide.Attributes))
        {
            var mutated = TracingGuide.Parse(TracingGuide.Text.Replace($"| `{row}` |", $"| `{row}_x` |", StringComparison.Ordinal));
            Assert.Equal(2, mutated.Differences(receiver.Spans).Count);
        }
    }

    [Theory]
    // An endpoint there switches it on; and where ours says so, nothing there switches it off.
    [InlineData("OTEL_PROPAGATORS=none")]
    [InlineData("OTEL_SDK_DISABLED=true", "enabled", "true")]
    public async Task The_variables_of_OpenTelemetry_are_enough_and_no_stronger_than_our_keys(string variable, string? key = null, string? value = null)
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartInAsync(
            [
                variable, string.Create(CultureInfo.InvariantCulture, $"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}"), "OTEL_SERVICE_NAME=of-the-environment",
                "OTEL_TRACES_SAMPLER=always_on", "OTEL_BSP_SCHEDULE_DELAY=50", "OTEL_EXPORTER_OTLP_HEADERS=api-key=a%20b",
            ],
            key is null ? [] : [(key, value!)]);
        await broker.CreateTopicAsync("orders");
        using var producer = new TracedClient(broker);
        await producer.SendAsync("orders", 0, traceParent: null);
        Assert.Equal("of-the-environment", (await receiver.SpanAsync("the produce", s => s.Name == "flymq.produce")).Resource["service.name"]);
        Assert.All(receiver.Requests, r => Assert.Equal("a b", r.Headers["api-key"]));
    }

    // One request in ten is traced, so each is made until it is seen.
    private static async Task UseAsync(BrokerProcess broker, OtlpReceiver receiver)
    {
        using var limit = new CancellationTokenSource(Patience);
        var topics = 0;
        while (!Has(receiver, "flymq.raft.append_entries", underAnother: true))
        {
            limit.Token.ThrowIfCancellationRequested();
            await broker.CreateTopicAsync(string.Create(CultureInfo.InvariantCulture, $"orders-{topics++}"));
        }

        using var producer = new TracedClient(broker);
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = "readers", ClientId = "reader", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe("orders-0");
        while (!new[] { "flymq.produce", "flymq.storage.append", "flymq.consume", "flymq.storage.read", "flymq.commit" }.All(name => Has(receiver, name, underAnother: false)))
        {
            limit.Token.ThrowIfCancellationRequested();
            await producer.SendAsync("orders-0", 0, traceParent: null);
            Assert.NotNull(consumer.Consume(Patience));
            consumer.Commit();
        }

        consumer.Close();
    }

    private static bool Has(OtlpReceiver receiver, string name, bool underAnother) => receiver.Spans.Any(s => s.Name == name && (!underAnother || s.ParentId.Length > 0));
}

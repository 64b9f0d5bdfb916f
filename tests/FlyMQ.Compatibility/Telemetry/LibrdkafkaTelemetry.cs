using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Metrics;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Telemetry;

/// <summary>The real process and librdkafka, which tells its metrics unless it is told not to: they stand on the page with the values of its own statistics (KIP-714).</summary>
[Client(ClientColumns.Confluent)]
public sealed class LibrdkafkaTelemetry : ClientTest
{
    private const string Connections = "org.apache.kafka.producer.connection.creation.total", Assigned = "org.apache.kafka.consumer.coordinator.assigned.partitions";

    [Fact]
    [Covers(Feature.OwnMetrics)]
    public async Task Its_metrics_stand_on_the_page_and_one_that_was_told_not_to_tells_nothing()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        // An endpoint that is not there harms nobody.
        await using var broker = await BrokerProcess.StartAsync(
            new BrokerSettings { FlyMQ = new Dictionary<string, string> { ["observability.clients.forward_endpoint"] = $"http://127.0.0.1:{FreePorts.Take(1)}" } });
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address, EnableMetricsPush = false }).SetLogHandler((_, _) => { }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "orders", NumPartitions = 4, ReplicationFactor = 1 }]);
        await SubscribeAsync(broker);

        var connects = -1L;
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, ClientId = "writer", StatisticsIntervalMs = 100 })
            .SetLogHandler((_, _) => { }).SetStatisticsHandler((_, json) => Volatile.Write(ref connects, ConnectsIn(json))).Build();
        using var silent = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, ClientId = "silent", EnableMetricsPush = false })
            .SetLogHandler((_, _) => { }).Build();
        using var consumer = new ConsumerBuilder<Ignore, string>(
            new ConsumerConfig { BootstrapServers = broker.Address, ClientId = "reader", GroupId = "readers", AutoOffsetReset = AutoOffsetReset.Earliest }).SetLogHandler((_, _) => { }).Build();
        await silent.ProduceAsync("orders", new Message<Null, string> { Value = "value" });
        await producer.ProduceAsync("orders", new Message<Null, string> { Value = "value" });
        consumer.Subscribe("orders");
        for (var got = 0; got < 2;)
        {
            got += consumer.Consume(TimeSpan.FromSeconds(30)) is null ? 0 : 1;
        }

        Scrape? scrape = null;
        await Until.TrueAsync("what it says agrees with its statistics", async () =>
        {
            consumer.Consume(TimeSpan.Zero);
            scrape = await Scrape.OfAsync(broker.MetricsPort);
            return Volatile.Read(ref connects) is > 0 and var known && scrape.Values("flymq_client_metric_total", ("client_id", "writer"), ("metric", Connections)) is [var told] && told == known
                && scrape.Values("flymq_client_metric_value", ("client_id", "reader"), ("metric", Assigned)) is [4];
        }, describe: () => $"statistics: {Volatile.Read(ref connects)}\n{string.Join('\n', scrape!.Of("flymq_client_metric_total").Concat(scrape.Of("flymq_client_metric_value")))}\n{broker.LogTail}");
        Assert.Single(scrape!.Values("flymq_client_info", ("client_id", "reader"), ("group", "readers"), ("client_software_name", "confluent-kafka-dotnet")));
        Assert.NotEmpty(scrape.Values("flymq_client_metric_value", ("client_id", "writer"), ("metric", "org.apache.kafka.producer.node.request.latency.avg"), ("node_id", "1")));
        Assert.Empty(scrape.With("client_id", "silent"));
        Assert.Equal(0, scrape["flymq_client_telemetry_forwarded_total"]);
        await Until.TrueAsync("what cannot be passed on is counted", async () => (await Scrape.OfAsync(broker.MetricsPort))["flymq_client_telemetry_forward_dropped_total", ("reason", "failed")] >= 2);
        Assert.Single(broker.LogTail.Split('\n'), line => line.Contains("forward_endpoint", StringComparison.Ordinal));
        consumer.Close();
    }

    private static async Task SubscribeAsync(BrokerProcess broker)
    {
        // Confluent's client has no word for the resource, so raw bytes say what kafka-client-metrics would: that tool is used with the Java client.
        using var connection = await Wire.RawConnection.OpenAsync(broker.Port, CancellationToken.None);
        await connection.SendAsync(Wire.Frames.SubscribeToClientMetrics("all", "*", 250), CancellationToken.None);
        await connection.ReceiveAsync(CancellationToken.None);
    }

    private static long ConnectsIn(string statistics)
    {
        using var json = JsonDocument.Parse(statistics);
        return json.RootElement.GetProperty("brokers").EnumerateObject().Sum(b => b.Value.GetProperty("connects").GetInt64());
    }
}

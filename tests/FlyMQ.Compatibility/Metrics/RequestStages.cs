using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Health;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>Where the time of a real client's requests went, on the page and one by one.</summary>
public sealed class RequestStages
{
    private const int Records = 20;

    [Fact]
    public async Task The_stages_of_a_produce_are_its_latency_and_its_client_is_named()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, ClientId = "billing", LingerMs = 0 }).Build();
        for (var i = 0; i < Records; i++)
        {
            await producer.ProduceAsync("orders", new Message<Null, string> { Value = "one at a time" });
        }

        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync(["is-not-there", "nor-is-this"]));
        }

        (string, string)[] Produce(string stage) => [("api", "Produce"), ("stage", stage)];
        // A client may have its answer before the broker has noted that it is out.
        await Until.TrueAsync(
            "the last answer is out", async () => (await Scrape.OfAsync(broker.MetricsPort)).Find("flymq_request_stage_seconds_count", Produce("send")) == Records, TimeSpan.FromSeconds(10));
        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        // Each is waited for, so each is a request of its own.
        foreach (var stage in new[] { "queue", "decode", "append", "encode", "send" })
        {
            Assert.Equal(Records, scrape["flymq_request_stage_seconds_count", Produce(stage)]);
        }

        // A flush may be done before anybody waits for it, and on a fast disk often is.
        Assert.InRange(scrape.Find("flymq_request_stage_seconds_count", Produce("flush_wait")) ?? 0, 0, Records);
        Assert.Null(scrape.Find("flymq_request_stage_seconds_count", Produce("handle")));
        var stages = scrape.Sum("flymq_request_stage_seconds_sum", s => s["api"] == "Produce" && s["stage"] != "send");
        // Both tell the same requests, one as a whole and one in parts.
        Assert.Equal(scrape["flymq_produce_latency_seconds_sum", ("topic", "orders")], stages, 1e-4);
        Assert.Equal(Records, scrape.Sum("flymq_requests_total", s => s["api"] == "Produce"));
        Assert.Equal(2, scrape["flymq_request_errors_total", ("api", "DeleteTopics"), ("error", "UNKNOWN_TOPIC_OR_PARTITION")]);
        // Those of the admin client may be closing.
        Assert.True(scrape.Sum("flymq_client_connections", s => s["software"] is "librdkafka" or "confluent-kafka-dotnet") >= 1);

        var slow = (await HealthAnswer.OfAsync(broker, "/debug/slow"))!.Json()["requests"]!.AsArray();
        var request = slow.First(r => (string?)r!["api"] == "Produce")!;
        Assert.Equal(("orders", "billing"), ((string?)request["topic"], (string?)request["client"]!["id"]));
        Assert.Equal((double)request["took_ms"]!, request["stages_ms"]!.AsObject().Sum(s => (double)s.Value!), 0.05);
        Assert.True((double)request["stages_ms"]!["append"]! > 0);
    }
}

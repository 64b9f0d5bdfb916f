using FlyMQ.Compatibility.ApacheTools;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Metrics;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Telemetry;

/// <summary>
/// The real process and Apache's Java client: what <c>kafka-client-metrics</c> subscribes to stands on the metrics page with the values that the client has itself
/// (KIP-714), and nothing else does.
/// </summary>
[Client(ClientColumns.JavaClient)]
public sealed class JavaClientTelemetry : ClientTest
{
    private const string Total = "flymq_client_metric_total", Value = "flymq_client_metric_value";
    private const string SendTotal = "org.apache.kafka.producer.record.send.total", QueueTime = "org.apache.kafka.producer.record.queue.time.max";

    [Fact]
    [Covers(Feature.OwnMetrics)]
    public async Task What_a_producer_counts_stands_on_the_page_and_follows_its_subscription()
    {
        SuiteEnvironment.OnlyFlyMQ();
        JavaHelper.Require();
        await using var broker = await BrokerProcess.StartAsync();
        await using var java = new TellingHelper(broker);
        await java.RunToolAsync(Tool.Topics, "--create", "--topic", "orders", "--partitions", "1");
        await java.RunToolAsync(Tool.ClientMetrics, "--alter", "--name", "producers", "--metrics", "org.apache.kafka.producer.", "--interval", "300", "--match", "client_id=tell.*,client_software_name=apache-kafka-java");
        Assert.Contains("interval.ms=300", await java.RunToolAsync(Tool.ClientMetrics, "--describe", "--name", "producers"), StringComparison.Ordinal);

        var quiet = await java.OpenProducerAsync("quiet");
        var teller = await java.OpenProducerAsync("teller");
        await java.SendAsync(quiet, "orders", 7);
        await java.SendAsync(teller, "orders", 25);
        var (instanceId, own) = await java.TellAsync(teller);
        Assert.Equal(25, own["producer-metrics/record-send-total"]!.GetValue<double>());
        (string, string)[] ofTeller = [("client_id", "teller"), ("client_instance_id", instanceId)];
        var scrape = await UntilAsync(broker, "the records that were sent", s => s.Values(Total, [.. ofTeller, ("metric", SendTotal), ("topic", "")]) is [25]);
        Assert.Equal([25], scrape.Values(Total, [.. ofTeller, ("metric", "org.apache.kafka.producer.topic.record.send.total"), ("topic", "orders")]));
        Assert.Equal(own["producer-metrics/batch-size-max"]!.GetValue<double>(), Assert.Single(scrape.Values(Value, [.. ofTeller, ("metric", "org.apache.kafka.producer.batch.size.max")])));
        Assert.NotEmpty(scrape.Values(Value, [.. ofTeller, ("metric", QueueTime)]));
        Assert.Single(scrape.Values("flymq_client_info", [.. ofTeller, ("client_software_name", "apache-kafka-java"), ("client_software_version", "4.4.0"), ("client_source_address", "127.0.0.1")]));
        // It is not asked, for its name does not match.
        Assert.DoesNotContain(Total, scrape.With("client_id", "quiet"));
        Assert.True(scrape["flymq_client_telemetry_pushes_total"] >= 1);
        Assert.True(scrape["flymq_client_telemetry_bytes_total"] > 0);
        // Both, and the tools' admin clients until they are forgotten.
        Assert.True(scrape["flymq_client_telemetry_clients"] >= 2);
        Assert.Equal(0, scrape["flymq_client_telemetry_rejected_total", ("reason", "malformed")]);
        if (Programs.Find("promtool") is { } promtool)
        {
            Assert.DoesNotContain(await Promtool.CheckAsync(promtool, await Scrape.PageAsync(broker.MetricsPort)), complaint => complaint.StartsWith("flymq_client_", StringComparison.Ordinal));
        }

        // A change reaches the client with its next push.
        await java.RunToolAsync(Tool.ClientMetrics, "--alter", "--name", "producers", "--metrics", "org.apache.kafka.producer.record.queue.time.", "--interval", "300");
        await UntilAsync(broker, "only the queue time is left", s => s.Values(Total, ofTeller).Count == 0 && s.Values(Value, [.. ofTeller, ("metric", QueueTime)]).Count == 1);

        // Nobody asks any more.
        await java.RunToolAsync(Tool.ClientMetrics, "--delete", "--name", "producers");
        Assert.DoesNotContain("producers", await java.RunToolAsync(Tool.ClientMetrics, "--list"), StringComparison.Ordinal);
        await UntilAsync(broker, "nothing is left", s => s.With("client_id", "teller").Count == 0);
    }

    [Fact]
    [Covers(Feature.OwnMetrics)]
    public async Task What_a_consumer_counts_stands_on_the_page_with_its_group_and_goes_on_to_the_endpoint_with_who_it_is()
    {
        SuiteEnvironment.OnlyFlyMQ();
        JavaHelper.Require();
        await using var receiver = new OtlpReceiver();
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = new Dictionary<string, string> { ["observability.clients.forward_endpoint"] = receiver.Address } });
        await using var java = new TellingHelper(broker);
        await java.RunToolAsync(Tool.Topics, "--create", "--topic", "orders", "--partitions", "3");
        await java.RunToolAsync(Tool.ClientMetrics, "--alter", "--name", "all", "--metrics", "*", "--interval", "200", "--match", "client_id=reader");
        var producer = await java.OpenProducerAsync("writer");
        await java.SendAsync(producer, "orders", 60);
        await java.JoinAsync("orders", "readers", "reader");
        for (var got = 0; got < 60;)
        {
            got += await java.PollAsync();
        }

        var (instanceId, own) = await java.TellMemberAsync();
        Assert.Equal(60, own["consumer-fetch-manager-metrics/records-consumed-total"]!.GetValue<double>());
        (string, string)[] ofReader = [("client_id", "reader"), ("client_instance_id", instanceId)];
        const string consumed = "org.apache.kafka.consumer.fetch.manager.records.consumed.total", assigned = "org.apache.kafka.consumer.coordinator.assigned.partitions";
        Scrape? scrape = null;
        // A consumer of the classic protocol pushes while it polls.
        await Until.TrueAsync("the records that were consumed", async () =>
        {
            await java.PollAsync();
            scrape = await Scrape.OfAsync(broker.MetricsPort);
            return scrape.Values(Total, [.. ofReader, ("metric", consumed), ("topic", "")]) is [60];
        });
        Assert.Equal([60], scrape!.Values(Total, [.. ofReader, ("metric", consumed), ("topic", "orders")]));
        Assert.Equal([3], scrape.Values(Value, [.. ofReader, ("metric", assigned)]));
        foreach (var partition in new[] { "0", "1", "2" })
        {
            Assert.Equal([0], scrape.Values(Value, [.. ofReader, ("metric", "org.apache.kafka.consumer.fetch.manager.records.lag"), ("topic", "orders"), ("partition", partition)]));
        }

        Assert.Single(scrape.Values("flymq_client_info", [.. ofReader, ("group", "readers")]));
        await UntilAsync(broker, "a push is passed on", s => s["flymq_client_telemetry_forwarded_total"] >= 1);
        await Until.TrueAsync("the endpoint has what is on the page", async () => (await ConsumedAsync()) == 60);

        // Read by the client's own library: what was sent, and who it was.
        Assert.All(receiver.Posts, post => Assert.Equal(("/v1/metrics", "application/x-protobuf"), (post.Path, post.ContentType)));
        var points = await java.ReadAsync(receiver.Posts.Last().Body);
        Assert.All(points, point =>
        {
            var resource = point!["resource"]!;
            Assert.Equal((instanceId, "reader", "readers"), (resource["client_instance_id"]!.GetValue<string>(), resource["client_id"]!.GetValue<string>(), resource["group_id"]!.GetValue<string>()));
            Assert.Equal(("apache-kafka-java", "4.4.0", "127.0.0.1", "1"), (resource["client_software_name"]!.GetValue<string>(), resource["client_software_version"]!.GetValue<string>(), resource["client_source_address"]!.GetValue<string>(), resource["broker_id"]!.GetValue<string>()));
        });

        // What it says last is final, and it stays to be seen for a while.
        await java.SendAsync(producer, "orders", 10);
        for (var got = 0; got < 10;)
        {
            got += await java.PollAsync();
        }

        await java.LeaveAsync();
        await UntilAsync(broker, "the last push", s => s.Values(Total, [.. ofReader, ("metric", consumed), ("topic", "")]) is [70] && s.Values(Value, [.. ofReader, ("metric", assigned)]) is [0]);
        await Until.TrueAsync("the endpoint has it too", async () => (await ConsumedAsync()) == 70);
        var end = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(0, end["flymq_client_telemetry_forward_dropped_total", ("reason", "failed")]);
        Assert.Equal(0, end["flymq_client_telemetry_rejected_total", ("reason", "invalid_request")]);

        async Task<double> ConsumedAsync() => (await java.ReadAsync(receiver.Posts.Last().Body))
            .Single(p => p!["metric"]!.GetValue<string>() == consumed && p["attributes"]!.AsObject().Count == 0)!["value"]!.GetValue<double>();
    }

    [Fact]
    public async Task Every_command_of_the_page_is_one_that_the_tool_and_the_broker_take()
    {
        SuiteEnvironment.OnlyFlyMQ();
        JavaHelper.Require();
        const string tool = "kafka-client-metrics.sh --bootstrap-server localhost:9092 ";
        var page = await File.ReadAllLinesAsync(Path.Combine(SuiteEnvironment.RepositoryRoot, "docs/observability.md"));
        var commands = page.Where(line => line.StartsWith(tool, StringComparison.Ordinal)).ToList();
        Assert.True(commands.Count >= 4, "the page has lost its commands");
        await using var broker = await BrokerProcess.StartAsync();
        await using var java = new TellingHelper(broker);
        foreach (var command in commands)
        {
            // Words as the shell of whoever copies the line makes them, in a folder with a file that a star would stand for.
            var words = (await ProgramRun.OfAsync("/bin/bash", ["-c", $"printf '%s\\0' {command[tool.Length..]}"], folder: broker.DataFolder)).Succeeded();
            await java.RunToolAsync(Tool.ClientMetrics, words.Output.Split('\0')[..^1]);
        }

        var left = await java.RunToolAsync(Tool.ClientMetrics, "--describe");
        Assert.Contains("Client metrics configs for producers", left, StringComparison.Ordinal);
        Assert.DoesNotContain("billing", left, StringComparison.Ordinal);
    }

    private static async Task<Scrape> UntilAsync(BrokerProcess broker, string what, Func<Scrape, bool> condition)
    {
        Scrape? scrape = null;
        await Until.TrueAsync(what, async () => condition(scrape = await Scrape.OfAsync(broker.MetricsPort)), describe: () => $"\n{string.Join('\n', scrape!.Of("flymq_client_telemetry_rejected_total").Concat(scrape.Of(Total)).Concat(scrape.Of(Value)).Take(40))}\n{broker.LogTail}");
        return scrape!;
    }
}

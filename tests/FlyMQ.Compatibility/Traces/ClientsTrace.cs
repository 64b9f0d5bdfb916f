using Confluent.Kafka;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Metrics;
using FlyMQ.Compatibility.Processes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FlyMQ.Compatibility.Traces;

/// <summary>What a client records of its own goes on in the broker, under the right parent, with the right values.</summary>
public sealed class ClientsTrace
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736", Span = "00f067aa0ba902b7";
    private const string OtherTrace = "0af7651916cd43dd8448eb211c80319c", OtherSpan = "b7ad6b7169203331";
    private const int Internal = 1, Server = 2, Error = 2;

    [Fact]
    public async Task A_produce_lies_in_its_clients_trace_whatever_the_rate()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port, ("sample_rate", "0"), ("service_name", "billing"), ("resource_attributes", "deployment.environment.name=test,note=a%2Cb"));
        await broker.CreateTopicAsync("orders", partitions: 2);
        using var client = new TracedClient(broker);
        await client.SendAsync("orders", 1, traceParent: null);
        await client.SendAsync("orders", 1, TracedClient.Parent(OtherTrace, OtherSpan, sampled: false));
        var before = DateTimeOffset.UtcNow;
        var sent = await client.SendAsync("orders", 1, TracedClient.Parent(Trace, Span), traceState: "vendor=1");
        var after = DateTimeOffset.UtcNow;

        var produce = await receiver.SpanAsync("the produce", s => s.Name == "flymq.produce");
        Assert.Equal((Trace, Span, "vendor=1", Server), (produce.TraceId, produce.ParentId, produce.TraceState, produce.Kind));
        Assert.Equal(("orders", 1L, 2L), (produce["flymq.topic"], produce["flymq.partition"], produce["flymq.offset"]));
        Assert.Equal(sent.Offset.Value, produce["flymq.offset"]);
        // 61 of header, the record's length (2 as a varint), attributes, times, offset, no key, the value's length (2) and value, and two headers with their count.
        Assert.Equal(61L + 2 + 1 + 1 + 1 + 1 + 2 + 100 + 1 + (1 + 5 + 1 + 3) + (1 + 11 + 1 + 55) + (1 + 10 + 1 + 8), produce["flymq.message_size"]);
        Assert.Equal(0, produce.StatusCode);
        var append = await receiver.SpanAsync("the append", s => s.Name == "flymq.storage.append");
        Assert.Equal((Trace, produce.SpanId, Internal), (append.TraceId, append.ParentId, append.Kind));
        Assert.Equal(("orders", 1L, 2L), (append["flymq.topic"], append["flymq.partition"], append["flymq.offset"]));

        // From the arrival to the acknowledgement, and the append within it.
        Assert.True(Nanoseconds(before) <= produce.Began && produce.Ended <= Nanoseconds(after), $"{before:O} {produce.Began} {produce.Ended} {after:O}");
        Assert.True(produce.Began <= append.Began && append.Began < append.Ended && append.Ended <= produce.Ended);

        Assert.Equal(2, receiver.Spans.Count);
        Assert.Equal(("billing", "test", "a,b", "node-1"), (produce.Resource["service.name"], produce.Resource["deployment.environment.name"], produce.Resource["note"], produce.Resource["service.instance.id"]));
        Assert.DoesNotContain(produce.Attributes.Keys, k => k.StartsWith("messaging.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_compressed_batch_is_decided_by_rate_and_opened_for_its_parent_and_links()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port);
        await broker.CreateTopicAsync("orders");
        // Long enough that the three are one batch.
        using var client = new TracedClient(broker, CompressionType.Zstd, lingerMs: 500);
        await Task.WhenAll(
            client.SendAsync("orders", 0, TracedClient.Parent(Trace, Span), bytes: 5000),
            client.SendAsync("orders", 0, traceParent: "rubbish", bytes: 5000),
            client.SendAsync("orders", 0, TracedClient.Parent(OtherTrace, OtherSpan), bytes: 5000));

        var produce = await receiver.SpanAsync("the produce", s => s.Name == "flymq.produce");
        Assert.Equal((Trace, Span, 0L), (produce.TraceId, produce.ParentId, produce["flymq.offset"]));
        Assert.Equal([(OtherTrace, OtherSpan)], produce.Links);
        Assert.InRange((long)produce["flymq.message_size"]!, 62, 1000);
        Assert.Equal(produce.SpanId, (await receiver.SpanAsync("the append", s => s.Name == "flymq.storage.append")).ParentId);
    }

    [Fact]
    public async Task A_fetch_a_commit_and_what_writes_metadata_have_their_spans_and_an_empty_fetch_has_none()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port, HttpProtocols.Http1);
        await using var broker = await TracedBroker.StartAsync(
            port, ("protocol", "http/protobuf"), ("headers", "api-key=se%2Ccret"), ("compression", "gzip"), ("semantic_conventions", "true"));
        await broker.CreateTopicAsync("orders");
        var request = await receiver.SpanAsync("the request for a topic", s => s.Name == "flymq.request");
        Assert.Equal(("CreateTopics", Server, ""), (request["flymq.api"], request.Kind, request.ParentId));
        var raft = await receiver.SpanAsync("what it wrote", s => s.Name == "flymq.raft.append_entries" && s.ParentId.Length > 0);
        Assert.Equal((request.TraceId, request.SpanId, "CreateTopics", Internal), (raft.TraceId, raft.ParentId, raft["flymq.raft.command"], raft.Kind));

        using (var client = new TracedClient(broker))
        {
            await client.SendAsync("orders", 0, traceParent: null);
        }

        using (var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = "readers", ClientId = "reader", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 20,
        }).SetLogHandler((_, _) => { }).Build())
        {
            consumer.Subscribe("orders");
            Assert.NotNull(consumer.Consume(TimeSpan.FromSeconds(30)));
            // It asks again all the while, and is given nothing.
            Assert.Null(consumer.Consume(TimeSpan.FromMilliseconds(300)));
            consumer.Commit([new TopicPartitionOffset("orders", 0, 1)]);
            consumer.Close();
        }

        var commit = await receiver.SpanAsync("the commit", s => s.Name == "flymq.commit");
        Assert.Equal(("readers", "orders", 0L, 1L, Server), (commit["flymq.group_id"], commit["flymq.topic"], commit["flymq.partition"], commit["flymq.offset"], commit.Kind));
        var produce = Assert.Single(receiver.Spans, s => s.Name == "flymq.produce");
        var fetch = Assert.Single(receiver.Spans, s => s.Name == "flymq.fetch");
        Assert.Equal(("", Server, produce["flymq.message_size"]), (fetch.ParentId, fetch.Kind, fetch["flymq.message_size"]));
        foreach (var name in new[] { "flymq.storage.read", "flymq.consume" })
        {
            var part = Assert.Single(receiver.Spans, s => s.Name == name);
            Assert.Equal((fetch.TraceId, fetch.SpanId, Internal), (part.TraceId, part.ParentId, part.Kind));
            Assert.Equal(("orders", 0L, 0L, produce["flymq.message_size"]), (part["flymq.topic"], part["flymq.partition"], part["flymq.offset"], part["flymq.message_size"]));
            Assert.True(fetch.Began <= part.Began && part.Began <= part.Ended && part.Ended <= fetch.Ended);
        }

        Assert.Equal("readers", receiver.Spans.First(s => s.Name == "flymq.consume")["flymq.group_id"]);
        Assert.Equal(
            ("kafka", "produce", "send", "orders", "0", 0L, 1L, "traced"),
            (produce["messaging.system"], produce["messaging.operation.name"], produce["messaging.operation.type"], produce["messaging.destination.name"],
                produce["messaging.destination.partition.id"], produce["messaging.kafka.offset"], produce["messaging.batch.message_count"], produce["messaging.client.id"]));
        Assert.Equal(("settle", "readers"), (commit["messaging.operation.type"], commit["messaging.consumer.group.name"]));
        Assert.All(receiver.Requests, r => Assert.Equal(("/v1/traces", "se,cret", "gzip"), (r.Path, r.Headers["api-key"], r.Headers["content-encoding"])));
    }

    [Fact]
    public async Task A_latency_leads_to_its_trace()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        Programs.Require("/usr/lib/python3/dist-packages/prometheus_client/__init__.py");
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port);
        await broker.CreateTopicAsync("orders");
        using var client = new TracedClient(broker);
        await client.SendAsync("orders", 0, TracedClient.Parent(Trace, Span));
        var produce = await receiver.SpanAsync("the produce", s => s.Name == "flymq.produce");

        // By the specification's own parser, which is as strict as there is.
        const string exemplars = """
            import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
            for family in parse(sys.stdin.read()):
                for sample in family.samples:
                    if sample.exemplar:
                        e = sample.exemplar
                        print(sample.name, e.labels['trace_id'], e.labels['span_id'], e.value <= float(sample.labels['le']), e.timestamp)
            """;
        var page = await Scrape.PageAsync(broker.MetricsPort, "application/openmetrics-text; version=1.0.0");
        var parsed = (await ProgramRun.OfAsync("/usr/bin/python3", ["-c", exemplars], System.Text.Encoding.UTF8.GetBytes(page))).Succeeded();
        var words = Assert.Single(parsed.Lines).Split(' ');
        Assert.Equal(["flymq_produce_latency_seconds_bucket", Trace, produce.SpanId, "True"], words[..4]);
        Assert.InRange(double.Parse(words[4], System.Globalization.CultureInfo.InvariantCulture), (produce.Ended / 1e9) - 1, (produce.Ended / 1e9) + 1);
        // The other format has none.
        Assert.DoesNotContain(Trace, await Scrape.PageAsync(broker.MetricsPort), StringComparison.Ordinal);

        using var http = new HttpClient();
        var slow = await http.GetStringAsync($"http://127.0.0.1:{broker.HealthPort}/debug/slow");
        Assert.Contains($"\"trace_id\":\"{Trace}\"", slow.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_fails_says_so_in_Kafkas_words()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port);
        await broker.CreateTopicAsync("small", 1, ("max.message.bytes", "200"));
        using var client = new TracedClient(broker);
        await Assert.ThrowsAnyAsync<KafkaException>(() => client.SendAsync("small", 0, TracedClient.Parent(Trace, Span), bytes: 1000));
        var produce = await receiver.SpanAsync("the produce", s => s.Name == "flymq.produce");
        Assert.Equal((Error, "MESSAGE_TOO_LARGE", Span), (produce.StatusCode, produce.StatusMessage, produce.ParentId));
        Assert.Null(produce["flymq.offset"]);
        var append = await receiver.SpanAsync("the append", s => s.Name == "flymq.storage.append");
        Assert.Equal((Error, "MESSAGE_TOO_LARGE", produce.SpanId), (append.StatusCode, append.StatusMessage, append.ParentId));
        await Assert.ThrowsAnyAsync<KafkaException>(() => broker.CreateTopicAsync("small"));
        var request = await receiver.SpanAsync("the second request for the topic", s => s.Name == "flymq.request" && s.StatusCode == Error);
        Assert.Equal("TOPIC_ALREADY_EXISTS", request.StatusMessage);
    }

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;
}

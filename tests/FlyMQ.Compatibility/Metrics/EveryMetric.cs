using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Scenarios;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>
/// The real process and a real client: a known number of records of known sizes to two topics, a part of them read and committed by a group; then each of the
/// guide's 29 metrics has the value that follows from it.
/// </summary>
public sealed class EveryMetric
{
    private const int OrdersPerPartition = 30, Payments = 12, ValueBytes = 100, Read = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Each_value_is_what_was_done_and_leaves_with_its_topic()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address, ClientId = "admin" }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "orders", NumPartitions = 2, ReplicationFactor = 1 }, new TopicSpecification { Name = "payments", NumPartitions = 1, ReplicationFactor = 1 }]);
        var empty = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(0, empty["flymq_messages_produced_total", ("topic", "orders")]);
        Assert.Equal(0, empty["flymq_topic_newest_offset", ("topic", "orders"), ("partition", "1")]);
        Assert.Empty(empty.Of("flymq_produce_latency_seconds_count"));
        var flushes = empty["flymq_storage_sync_latency_seconds_count"];

        // One record a batch, and one batch a request, so that sizes and counts of requests are known.
        using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All, LingerMs = 0 }).Build())
        {
            for (var i = 0; i < OrdersPerPartition; i++)
            {
                await producer.ProduceAsync(new TopicPartition("orders", 0), new Message<Null, byte[]> { Value = new byte[ValueBytes] });
                await producer.ProduceAsync(new TopicPartition("orders", 1), new Message<Null, byte[]> { Value = new byte[ValueBytes] });
            }

            for (var i = 0; i < Payments; i++)
            {
                await producer.ProduceAsync(new TopicPartition("payments", 0), new Message<Null, byte[]> { Value = new byte[ValueBytes] });
            }
        }

        // 61 bytes before the records; a record is its length (2 bytes as a varint), attributes, times, offset, no key, the value's length (2) and value, headers.
        const int batchBytes = 61 + 2 + 1 + 1 + 1 + 1 + 2 + ValueBytes + 1;
        await Until.TrueAsync(
            "the settler writes the segments",
            async () => await Scrape.OfAsync(broker.MetricsPort) is var s && s["flymq_storage_segments", ("topic", "orders"), ("partition", "0")] == 1
                && s["flymq_storage_segments", ("topic", "payments"), ("partition", "0")] == 1,
            Patience);
        var produced = await Scrape.OfAsync(broker.MetricsPort);
        CheckProduced(produced, batchBytes);
        Assert.InRange(produced["flymq_storage_sync_latency_seconds_count"] - flushes, 1, (2 * OrdersPerPartition) + Payments);
        Assert.True(produced["flymq_storage_sync_latency_seconds_sum"] > 0);

        using (var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = "readers", ClientId = "reader", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build())
        {
            consumer.Subscribe("orders");
            for (var i = 0; i < 2 * OrdersPerPartition; i++)
            {
                Assert.NotNull(consumer.Consume(Patience));
            }

            consumer.Commit([new TopicPartitionOffset("orders", 0, Read), new TopicPartitionOffset("orders", 1, OrdersPerPartition)]);
            consumer.Commit([new TopicPartitionOffset("orders", 0, Read)]);
            CheckConsumed(await Scrape.OfAsync(broker.MetricsPort), batchBytes);
            consumer.Close();
        }

        // Somebody without a group reads payments from the middle.
        using (var reader = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = "nobody", ClientId = "tail" }).Build())
        {
            reader.Assign(new TopicPartitionOffset("payments", 0, 2));
            for (var i = 2; i < Payments; i++)
            {
                Assert.NotNull(reader.Consume(Patience));
            }
        }

        var all = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(Payments - 2, all["flymq_messages_consumed_total", ("topic", "payments"), ("group", "<unattributed>")]);
        Assert.Equal(0, all["flymq_consumer_group_members", ("group", "readers")]);
        // The group is empty, and its lag is told all the same.
        Assert.Equal(OrdersPerPartition - Read, all["flymq_consumer_group_lag", ("group", "readers"), ("topic", "orders"), ("partition", "0")]);
        await CheckServerAsync(broker, all);
        CheckCluster(all);

        await admin.DeleteRecordsAsync([new TopicPartitionOffset("orders", 0, 25)]);
        var deleted = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(25, deleted["flymq_topic_oldest_offset", ("topic", "orders"), ("partition", "0")]);
        Assert.Equal(5, deleted["flymq_topic_messages_total", ("topic", "orders"), ("partition", "0")]);
        // Committed below the log's start: no more than is there can be lagged behind.
        Assert.Equal(5, deleted["flymq_consumer_group_lag", ("group", "readers"), ("topic", "orders"), ("partition", "0")]);

        CheckContract(deleted);
        await CheckPromtoolAsync(broker);
        await CheckOpenMetricsAsync(broker);

        await admin.DeleteTopicsAsync(["orders"]);
        await Until.TrueAsync("the deleted topic's series go", async () => (await Scrape.OfAsync(broker.MetricsPort)).With("topic", "orders").Count == 0, Patience);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "orders", NumPartitions = 1, ReplicationFactor = 1 }]);
        var again = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(0, again["flymq_messages_produced_total", ("topic", "orders")]);
        Assert.Equal(0, again["flymq_storage_bytes_written_total", ("topic", "orders"), ("partition", "0")]);
        Assert.Empty(again.Of("flymq_consumer_group_lag"));
        Assert.Empty(again.Of("flymq_consumer_group_commits_total"));
        Assert.Equal(Payments, again["flymq_messages_produced_total", ("topic", "payments")]);

        await admin.DeleteGroupsAsync(["readers"]);
        Assert.Empty((await Scrape.OfAsync(broker.MetricsPort)).With("group", "readers"));
    }

    private static void CheckProduced(Scrape scrape, int batchBytes)
    {
        var orders = ("topic", "orders");
        var payments = ("topic", "payments");
        Assert.Equal(2 * OrdersPerPartition, scrape["flymq_messages_produced_total", orders]);
        Assert.Equal(Payments, scrape["flymq_messages_produced_total", payments]);
        Assert.Equal(2 * OrdersPerPartition * batchBytes, scrape["flymq_messages_bytes_produced_total", orders]);
        Assert.Equal(Payments * batchBytes, scrape["flymq_messages_bytes_produced_total", payments]);
        Assert.Equal(2 * OrdersPerPartition, scrape["flymq_produce_latency_seconds_count", orders]);
        Assert.Equal(2 * OrdersPerPartition, scrape["flymq_produce_latency_seconds_bucket", orders, ("le", "+Inf")]);
        Assert.InRange(scrape["flymq_produce_latency_seconds_sum", orders], 0.000_05 * OrdersPerPartition, Patience.TotalSeconds);
        Assert.Equal(2, scrape["flymq_topic_partitions", orders]);
        Assert.Equal(1, scrape["flymq_topic_partitions", payments]);
        foreach (var (topic, partition, records) in new[] { ("orders", "0", OrdersPerPartition), ("orders", "1", OrdersPerPartition), ("payments", "0", Payments) })
        {
            (string, string)[] labels = [("topic", topic), ("partition", partition)];
            Assert.Equal(records, scrape["flymq_topic_messages_total", labels]);
            Assert.Equal(records * batchBytes, scrape["flymq_topic_bytes_total", labels]);
            Assert.Equal(0, scrape["flymq_topic_oldest_offset", labels]);
            Assert.Equal(records, scrape["flymq_topic_newest_offset", labels]);
            Assert.Equal(records * batchBytes, scrape["flymq_storage_bytes_written_total", labels]);
            Assert.Equal(0, scrape["flymq_storage_bytes_read_total", labels]);
        }
    }

    private static void CheckConsumed(Scrape scrape, int batchBytes)
    {
        (string, string)[] labels = [("topic", "orders"), ("group", "readers")];
        Assert.Equal(2 * OrdersPerPartition, scrape["flymq_messages_consumed_total", labels]);
        Assert.Equal(2 * OrdersPerPartition * batchBytes, scrape["flymq_messages_bytes_consumed_total", labels]);
        // Fetches that brought nothing are not among them, and what they waited for is not in it.
        Assert.InRange(scrape["flymq_consume_latency_seconds_count", labels], 1, 2 * OrdersPerPartition);
        Assert.InRange(scrape["flymq_consume_latency_seconds_sum", labels], 0.000_001, 5);
        Assert.Equal(OrdersPerPartition * batchBytes, scrape["flymq_storage_bytes_read_total", ("topic", "orders"), ("partition", "0")]);
        Assert.Equal(1, scrape["flymq_consumer_group_members", ("group", "readers")]);
        Assert.Equal(1, scrape["flymq_consumer_group_rebalances_total", ("group", "readers")]);
        Assert.Equal(2, scrape["flymq_consumer_group_commits_total", ("group", "readers"), ("topic", "orders")]);
        Assert.Equal(OrdersPerPartition - Read, scrape["flymq_consumer_group_lag", ("group", "readers"), ("topic", "orders"), ("partition", "0")]);
        Assert.Equal(0, scrape["flymq_consumer_group_lag", ("group", "readers"), ("topic", "orders"), ("partition", "1")]);
        // Nothing was committed there.
        Assert.DoesNotContain(scrape.Of("flymq_consumer_group_lag"), s => s.Contains("payments", StringComparison.Ordinal));
        Assert.Null(scrape.Find("flymq_messages_consumed_total", ("topic", "orders"), ("group", "<unattributed>")));
    }

    private static async Task CheckServerAsync(BrokerProcess broker, Scrape before)
    {
        Assert.InRange(before["flymq_server_uptime_seconds"], 0.1, 600);
        Assert.InRange(before["flymq_server_memory_bytes"], ProcessFacts.ResidentBytes(broker.Pid) / 2, ProcessFacts.ResidentBytes(broker.Pid) * 2);
        Assert.True(before["flymq_server_connections_active"] >= 1, "the admin client is connected");
        var connections = new List<RawConnection>();
        for (var i = 0; i < 5; i++)
        {
            var connection = await RawConnection.OpenAsync(broker.Port, CancellationToken.None);
            connections.Add(connection);
            await connection.SendAsync(Frames.ApiVersions(correlationId: 1), CancellationToken.None);
            await connection.ReceiveAsync(CancellationToken.None);
        }

        var during = await Scrape.OfAsync(broker.MetricsPort);
        // Closed ones of the clients before may still have been counted then.
        Assert.InRange(during["flymq_server_connections_active"], 5 + 1, 5 + before["flymq_server_connections_active"]);
        Assert.Equal(5, during["flymq_server_connections_total"] - before["flymq_server_connections_total"]);
        // Two sides of each connection, and the shards of fifty partitions of __consumer_offsets.
        Assert.True(during["flymq_server_goroutines"] >= (2 * during["flymq_server_connections_active"]) + 50, "activities are missing");
        connections.ForEach(c => c.Dispose());
        await Until.TrueAsync(
            "closed connections are not counted any more",
            async () => await Scrape.OfAsync(broker.MetricsPort) is var s && s["flymq_server_connections_active"] <= during["flymq_server_connections_active"] - 5
                && s["flymq_server_goroutines"] <= during["flymq_server_goroutines"] - 10,
            Patience);
    }

    private static void CheckCluster(Scrape scrape)
    {
        Assert.Equal(1, scrape["flymq_cluster_nodes"]);
        Assert.Equal(1, scrape["flymq_cluster_leader", ("node_id", "1")]);
        Assert.Single(scrape.Of("flymq_cluster_leader"));
        Assert.Equal(1, scrape["flymq_raft_elections_total"]);
        Assert.InRange(scrape["flymq_raft_term"], 0, 10);
        // The cluster's beginning, the broker, the two topics in one, the topic of the offsets.
        Assert.Equal(4, scrape["flymq_raft_commit_index"]);
    }

    private static void CheckContract(Scrape scrape)
    {
        var table = File.ReadAllText(Path.Combine(SuiteEnvironment.RepositoryRoot, "tests/FlyMQ.Compatibility/Metrics/guide-metrics.md"));
        var documented = GuideTable.NamesIn(File.ReadAllText(Path.Combine(SuiteEnvironment.RepositoryRoot, "docs/observability.md")));
        Assert.Equal(29, GuideTable.Parse(table).Count);
        Assert.Empty(GuideTable.Differences(GuideTable.Parse(table), scrape.Rows(), documented));
        // A contract that any page would meet is none.
        foreach (var row in GuideTable.Parse(table))
        {
            var mutated = table.Replace($"| `{row.Name}` | {row.Type} |", $"| `{row.Name}` | {(row.Type == "Gauge" ? "Counter" : "Gauge")} |", StringComparison.Ordinal);
            Assert.Single(GuideTable.Differences(GuideTable.Parse(mutated), scrape.Rows(), documented));
        }
    }

    private static async Task CheckPromtoolAsync(BrokerProcess broker)
    {
        var promtool = Programs.Require("promtool");
        var page = await Scrape.PageAsync(broker.MetricsPort);
        // The guide calls two gauges by names that end like a counter's.
        Assert.Equal(
            [
                "flymq_topic_bytes_total non-counter metrics should not have \"_total\" suffix",
                "flymq_topic_messages_total non-counter metrics should not have \"_total\" suffix",
            ],
            (await Promtool.CheckAsync(promtool, page)).Order(StringComparer.Ordinal));
    }

    // The Python client has the specification's own parser, the strictest there is.
    private static async Task CheckOpenMetricsAsync(BrokerProcess broker)
    {
        Programs.Require("/usr/lib/python3/dist-packages/prometheus_client/__init__.py");
        const string count = "import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse; print(*sorted(f'{f.name} {f.type} {len(f.samples) > 0}' for f in parse(sys.stdin.read())), sep='\\n')";
        var page = await Scrape.PageAsync(broker.MetricsPort, "application/openmetrics-text; version=1.0.0");
        var parsed = (await ProgramRun.OfAsync("/usr/bin/python3", ["-c", count], System.Text.Encoding.UTF8.GetBytes(page))).Succeeded();
        Assert.Equal(page.Split('\n').Count(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)), parsed.Lines.Count);
        Assert.True(parsed.Lines.Count(line => line.EndsWith(" True", StringComparison.Ordinal)) > 29, string.Join('\n', parsed.Lines));
        Assert.Contains("flymq_messages_produced counter True", parsed.Lines);
        Assert.Contains("flymq_topic_messages_total gauge True", parsed.Lines);
    }
}

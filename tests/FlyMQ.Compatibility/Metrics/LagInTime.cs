using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>Real clients whose records have known times: what a group is behind by, in seconds, follows from them and the clock.</summary>
public sealed class LagInTime
{
    private const int Records = 12;
    private const long HourMs = 3_600_000, MinuteMs = 60_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_group_is_behind_by_the_age_of_its_next_record_in_memory_in_files_and_after_a_restart()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using var admin = Admin(broker);
        await CreateAsync(admin, "orders", new() { ["retention.ms"] = $"{24 * HourMs}" });
        await CreateAsync(admin, "unlimited", new() { ["retention.ms"] = "-1" });
        await CreateAsync(admin, "appended", new() { ["message.timestamp.type"] = "LogAppendTime" });
        var firstMs = NowMs() - HourMs;
        // One record a minute, the first an hour ago.
        foreach (var topic in new[] { "orders", "unlimited", "appended" })
        {
            await ProduceAsync(broker, topic, [.. Enumerable.Range(0, Records).Select(i => firstMs + (i * MinuteMs))]);
        }

        Commit(broker, "readers", ("orders", 2), ("unlimited", 5), ("appended", 1));
        Commit(broker, "others", ("orders", Records));
        await CheckAsync("readers", "orders", firstMs + (2 * MinuteMs));
        await CheckAsync("readers", "unlimited", firstMs + (5 * MinuteMs));
        // Of the append, whatever the producer says.
        Assert.InRange((await Scrape.OfAsync(broker.MetricsPort))["flymq_consumer_group_lag_seconds", Labels("readers", "appended")], 0, Patience.TotalSeconds);

        await Until.TrueAsync("the records are in segments", async () => (await Scrape.OfAsync(broker.MetricsPort))["flymq_storage_segments", ("topic", "orders"), ("partition", "0")] == 1, Patience);
        // Known still, and looked up in the file.
        await CheckAsync("readers", "orders", firstMs + (2 * MinuteMs));
        Commit(broker, "readers", ("orders", 7));
        await CheckAsync("readers", "orders", firstMs + (7 * MinuteMs));

        // The segment goes when its youngest record is a day old.
        var beforeMs = NowMs();
        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        var headroom = scrape["flymq_consumer_group_retention_headroom_seconds", Labels("readers", "orders")];
        var goesMs = firstMs + ((Records - 1) * MinuteMs) + (24 * HourMs);
        Assert.InRange(headroom, (goesMs - NowMs()) / 1000.0, (goesMs - beforeMs) / 1000.0);
        Assert.Null(scrape.Find("flymq_consumer_group_retention_headroom_seconds", Labels("readers", "unlimited")));
        Assert.Equal(0, scrape["flymq_consumer_group_lag_seconds", Labels("others", "orders")]);
        Assert.Null(scrape.Find("flymq_consumer_group_retention_headroom_seconds", Labels("others", "orders")));
        Assert.Equal(0, scrape["flymq_consumer_group_lag_pending"]);
        // Never committed there.
        Assert.Null(scrape.Find("flymq_consumer_group_lag_seconds", Labels("others", "unlimited")));

        Assert.Equal(0, await broker.StopAsync());
        await broker.StartAgainAsync();
        await Until.TrueAsync("the groups are loaded", async () => (await Scrape.OfAsync(broker.MetricsPort)).Find("flymq_consumer_group_lag", Labels("readers", "orders")) is not null, Patience);
        await CheckAsync("readers", "orders", firstMs + (7 * MinuteMs));
        await CheckAsync("readers", "unlimited", firstMs + (5 * MinuteMs));
        beforeMs = NowMs();
        headroom = (await Scrape.OfAsync(broker.MetricsPort))["flymq_consumer_group_retention_headroom_seconds", Labels("readers", "orders")];
        Assert.InRange(headroom, (goesMs - NowMs()) / 1000.0, (goesMs - beforeMs) / 1000.0);

        // What is below the start cannot be read: the first record that is left counts.
        await admin.DeleteRecordsAsync([new TopicPartitionOffset("orders", 0, 9)]);
        await CheckAsync("readers", "orders", firstMs + (9 * MinuteMs));

        // A topic of the same name is another topic.
        await admin.DeleteTopicsAsync(["orders"]);
        await Until.TrueAsync("the topic's series go", async () => (await Scrape.OfAsync(broker.MetricsPort)).With("topic", "orders").Count == 0, Patience);
        await CreateAsync(admin, "orders", new() { ["retention.ms"] = "-1" });
        await ProduceAsync(broker, "orders", NowMs() - (2 * HourMs));
        Assert.Null((await Scrape.OfAsync(broker.MetricsPort)).Find("flymq_consumer_group_lag_seconds", Labels("readers", "orders")));
        Commit(broker, "readers", ("orders", 0));
        Assert.InRange((await Scrape.OfAsync(broker.MetricsPort))["flymq_consumer_group_lag_seconds", Labels("readers", "orders")], 7200, 7200 + Patience.TotalSeconds);

        await admin.DeleteGroupsAsync(["readers"]);
        await Until.TrueAsync("the group's series go", async () => (await Scrape.OfAsync(broker.MetricsPort)).With("group", "readers").Count == 0, Patience);

        // The scrape lies between two readings of the clock, so the age of a record does as well.
        async Task CheckAsync(string group, string topic, long timestampMs)
        {
            var earliest = (NowMs() - timestampMs) / 1000.0;
            var lag = (await Scrape.OfAsync(broker.MetricsPort))["flymq_consumer_group_lag_seconds", Labels(group, topic)];
            Assert.InRange(lag, earliest, (NowMs() - timestampMs) / 1000.0);
        }
    }

    [Fact]
    public async Task Headroom_by_size_is_told_by_the_rate_at_which_the_partition_is_written_to()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        const int RetentionBytes = 2_000_000, SegmentBytes = 1_048_576, ValueBytes = 10_000;
        await using var broker = await BrokerProcess.StartAsync();
        using var admin = Admin(broker);
        await CreateAsync(admin, "orders", new() { ["retention.ms"] = "-1", ["retention.bytes"] = $"{RetentionBytes}", ["segment.bytes"] = $"{SegmentBytes}" });
        await ProduceAsync(broker, "orders", NowMs());
        Commit(broker, "readers", ("orders", 0));
        var first = await Scrape.OfAsync(broker.MetricsPort);
        var firstAt = DateTime.UtcNow;
        Assert.Null(first.Find("flymq_consumer_group_retention_headroom_seconds", Labels("readers", "orders")));

        Scrape? second = null;
        using var producer = Producer(broker);
        await Until.TrueAsync(
            "the rate is known",
            async () =>
            {
                await producer.ProduceAsync("orders", new Message<Null, byte[]> { Value = new byte[ValueBytes] });
                second = await Scrape.OfAsync(broker.MetricsPort);
                return second.Find("flymq_consumer_group_retention_headroom_seconds", Labels("readers", "orders")) is not null;
            },
            Patience);
        (string, string)[] partition = [("topic", "orders"), ("partition", "0")];
        var written = second!["flymq_storage_bytes_written_total", partition];
        Assert.InRange(written, ValueBytes, SegmentBytes);
        var rate = (written - first["flymq_storage_bytes_written_total", partition]) / (DateTime.UtcNow - firstAt).TotalSeconds;
        var expected = (SegmentBytes - written + RetentionBytes) / rate;
        Assert.InRange(second["flymq_consumer_group_retention_headroom_seconds", Labels("readers", "orders")], expected / 1.5, expected * 1.5);
    }

    [Fact]
    public async Task A_group_that_never_commits_is_seen_and_what_it_does_is_told()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "orders", NumPartitions = 3, ReplicationFactor = 1 }]);
        await ProduceAsync(broker, "orders", NowMs());
        var (name, group) = ("stuck", ("group", "stuck"));
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = name, EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe("orders");
        Assert.NotNull(consumer.Consume(Patience));

        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(3, scrape["flymq_consumer_group_uncommitted_partitions", group]);
        Assert.Equal("Stable", StateOf(scrape, name));
        Assert.Equal(1, scrape["flymq_consumer_group_rebalance_reasons_total", group, ("reason", "join")]);
        // The wait for more members (groups.initial_rebalance_delay_ms) is most of a first rebalance.
        Assert.InRange(scrape["flymq_consumer_group_rebalance_duration_seconds", group], 0.001, Patience.TotalSeconds);
        Assert.Equal(scrape["flymq_consumer_group_rebalance_duration_seconds", group], scrape["flymq_consumer_group_rebalance_seconds_total", group]);
        Assert.Null(scrape.Find("flymq_consumer_group_last_commit_age_seconds", group));
        Assert.Empty(scrape.Of("flymq_consumer_group_lag_seconds"));

        var beforeMs = NowMs();
        consumer.Commit([new TopicPartitionOffset("orders", 1, 0)]);
        scrape = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(2, scrape["flymq_consumer_group_uncommitted_partitions", group]);
        Assert.InRange(scrape["flymq_consumer_group_last_commit_age_seconds", group], 0, (NowMs() - beforeMs) / 1000.0);

        // Another member comes, and goes.
        using (var second = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = name, EnableAutoCommit = false }).Build())
        {
            second.Subscribe("orders");
            await Until.TrueAsync("the second has its part", () => Task.FromResult(Polled(consumer, second) && second.Assignment.Count > 0), Patience);
            second.Close();
        }

        await Until.TrueAsync(
            "the first has all again", async () => Polled(consumer) && await Scrape.OfAsync(broker.MetricsPort) is var s && StateOf(s, name) == "Stable" && s["flymq_consumer_group_members", group] == 1, Patience);
        scrape = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(2, scrape["flymq_consumer_group_rebalance_reasons_total", group, ("reason", "join")]);
        Assert.Equal(1, scrape["flymq_consumer_group_rebalance_reasons_total", group, ("reason", "leave")]);
        Assert.Equal(3, scrape["flymq_consumer_group_rebalances_total", group]);
        Assert.True(scrape["flymq_consumer_group_rebalance_seconds_total", group] >= scrape["flymq_consumer_group_rebalance_duration_seconds", group]);
        consumer.Close();
        scrape = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal("Empty", StateOf(scrape, name));
        Assert.Equal(0, scrape["flymq_consumer_group_uncommitted_partitions", group]);
        Assert.Null(scrape.Find("flymq_consumer_group_rebalance_reasons_total", group, ("reason", "heartbeat_expired")));
    }

    [Fact]
    public async Task Groups_above_the_bound_are_told_as_one_and_none_of_their_sums_falls_when_one_goes()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = new Dictionary<string, string> { ["observability.metrics.max_groups"] = "1" } });
        using var admin = Admin(broker);
        await CreateAsync(admin, "orders", new() { ["retention.ms"] = $"{24 * HourMs}" });
        var firstMs = NowMs() - HourMs;
        await ProduceAsync(broker, "orders", [.. Enumerable.Range(0, Records).Select(i => firstMs + (i * MinuteMs))]);
        Commit(broker, "first", ("orders", 3));
        Commit(broker, "second", ("orders", 4));
        Commit(broker, "third", ("orders", 6));
        // What a client may call its group; it must not be mistaken for all the others.
        Commit(broker, "<other>", ("orders", Records));

        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        var other = ("group", "<other>");
        Assert.Equal(3, scrape["flymq_metrics_rolled_up_groups"]);
        Assert.Equal(Records - 3, scrape["flymq_consumer_group_lag", Labels("first", "orders")]);
        Assert.Equal(Records - 4 + Records - 6, scrape["flymq_consumer_group_lag", Labels("<other>", "orders")]);
        // The one that is furthest behind.
        Assert.InRange(scrape["flymq_consumer_group_lag_seconds", Labels("<other>", "orders")], (56 * 60) - 1, (56 * 60) + Patience.TotalSeconds);
        Assert.Equal(3, scrape["flymq_consumer_group_commits_total", other, ("topic", "orders")]);
        Assert.Equal(1, scrape["flymq_consumer_group_commits_total", ("group", "first"), ("topic", "orders")]);
        Assert.Equal(3, scrape["flymq_consumer_group_state", other, ("state", "Empty")]);
        Assert.Equal(0, scrape["flymq_consumer_group_members", other]);
        Assert.Null(scrape.Find("flymq_consumer_group_last_commit_age_seconds", other));
        Assert.Empty(scrape.With("group", "second"));

        await admin.DeleteGroupsAsync(["second", "first"]);
        await Until.TrueAsync("a group's series go", async () => (await Scrape.OfAsync(broker.MetricsPort)).With("group", "first").Count == 0, Patience);
        // There is a place now, for who comes.
        Commit(broker, "fourth", ("orders", 5));
        var after = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(2, after["flymq_metrics_rolled_up_groups"]);
        Assert.Equal(3, after["flymq_consumer_group_commits_total", other, ("topic", "orders")]);
        Assert.Equal(Records - 6, after["flymq_consumer_group_lag", Labels("<other>", "orders")]);
        Assert.Equal(Records - 5, after["flymq_consumer_group_lag", Labels("fourth", "orders")]);
    }

    private static string? StateOf(Scrape scrape, string group)
    {
        string[] states = ["Empty", "PreparingRebalance", "CompletingRebalance", "Stable"];
        Assert.Equal(states.Length, scrape.Of("flymq_consumer_group_state").Count);
        return Assert.Single(states, state => scrape["flymq_consumer_group_state", ("group", group), ("state", state)] == 1);
    }

    private static bool Polled(params IConsumer<Ignore, byte[]>[] consumers)
    {
        foreach (var consumer in consumers)
        {
            consumer.Consume(TimeSpan.FromMilliseconds(50));
        }

        return true;
    }

    private static (string, string)[] Labels(string group, string topic) => [("group", group), ("topic", topic), ("partition", "0")];

    private static long NowMs() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static IAdminClient Admin(BrokerProcess broker) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).SetLogHandler((_, _) => { }).Build();

    private static Task CreateAsync(IAdminClient admin, string topic, Dictionary<string, string> configs) =>
        admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 1, ReplicationFactor = 1, Configs = configs }]);

    private static IProducer<Null, byte[]> Producer(BrokerProcess broker) =>
        new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = broker.Address, LingerMs = 0 }).SetLogHandler((_, _) => { }).Build();

    // Each in a batch of its own.
    private static async Task ProduceAsync(BrokerProcess broker, string topic, params long[] timestampsMs)
    {
        using var producer = Producer(broker);
        foreach (var timestampMs in timestampsMs)
        {
            await producer.ProduceAsync(
                new TopicPartition(topic, 0), new Message<Null, byte[]> { Value = new byte[100], Timestamp = new Timestamp(timestampMs, TimestampType.CreateTime) });
        }
    }

    private static void Commit(BrokerProcess broker, string group, params (string Topic, long Offset)[] offsets)
    {
        using var committer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = group }).SetLogHandler((_, _) => { }).Build();
        for (var end = DateTime.UtcNow + Patience; ;)
        {
            try
            {
                committer.Commit(offsets.Select(o => new TopicPartitionOffset(o.Topic, 0, o.Offset)));
                return;
            }
            catch (KafkaException e) when (e.Error.Code is ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupLoadInProgress && DateTime.UtcNow < end)
            {
                // The first commit there is makes the topic of the offsets.
            }
        }
    }
}

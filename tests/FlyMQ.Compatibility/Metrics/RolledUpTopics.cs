using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>Above <c>observability.metrics.max_topics</c> what comes later is told as one topic, so that a page stays bounded whatever clients create.</summary>
public sealed class RolledUpTopics
{
    private static readonly (string, string) Other = ("topic", "<other>");
    private static readonly (string, string)[] OtherPartitions = [Other, ("partition", "<other>")];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Those_that_come_later_are_summed_up_and_none_of_their_sums_falls_when_one_goes()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = new Dictionary<string, string> { ["observability.metrics.max_topics"] = "2" } });
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).SetLogHandler((_, _) => { }).Build();
        foreach (var name in new[] { "m", "b", "a", "z" })
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = 2, ReplicationFactor = 1 }]);
        }

        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, LingerMs = 0 })
            .SetLogHandler((_, _) => { }).Build();
        foreach (var (topic, records) in new[] { ("m", 1), ("b", 2), ("a", 3), ("z", 4) })
        {
            for (var i = 0; i < records; i++)
            {
                await producer.ProduceAsync(new TopicPartition(topic, i % 2), new Message<Null, string> { Value = "value" });
            }
        }

        using var committer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = "readers" })
            .SetLogHandler((_, _) => { }).Build();
        committer.Commit([new TopicPartitionOffset("a", 0, 1), new TopicPartitionOffset("z", 1, 0), new TopicPartitionOffset("m", 0, 0)]);

        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        // The two, and the topic of the offsets.
        Assert.Equal(3, scrape["flymq_metrics_rolled_up_topics"]);
        Assert.Equal(1, scrape["flymq_messages_produced_total", ("topic", "m")]);
        Assert.Equal(2, scrape["flymq_messages_produced_total", ("topic", "b")]);
        Assert.Equal(7, scrape["flymq_messages_produced_total", Other]);
        Assert.Equal(2 + 2 + 50, scrape["flymq_topic_partitions", Other]);
        Assert.Equal(7, scrape["flymq_produce_latency_seconds_count", Other]);
        Assert.Empty(scrape.With("topic", "a"));
        Assert.Null(scrape.Find("flymq_topic_newest_offset", OtherPartitions));
        // Two records of a's partition 0 less one that is committed, and both of z's partition 1.
        Assert.Equal(1 + 2, scrape["flymq_consumer_group_lag", ("group", "readers"), Other, ("partition", "<other>")]);
        Assert.Equal(1, scrape["flymq_consumer_group_lag", ("group", "readers"), ("topic", "m"), ("partition", "0")]);
        Assert.Equal(2, scrape["flymq_consumer_group_commits_total", ("group", "readers"), Other]);
        // And the records of the group itself.
        Assert.True(scrape["flymq_topic_messages_total", OtherPartitions] > 7);

        await admin.DeleteTopicsAsync(["z"]);
        await Until.TrueAsync("a topic goes", async () => (await Scrape.OfAsync(broker.MetricsPort))["flymq_metrics_rolled_up_topics"] == 2, Patience);
        var after = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(7, after["flymq_messages_produced_total", Other]);
        Assert.True(after["flymq_storage_bytes_written_total", OtherPartitions] >= scrape["flymq_storage_bytes_written_total", OtherPartitions]);
        Assert.True(after["flymq_topic_bytes_total", OtherPartitions] < scrape["flymq_storage_bytes_written_total", OtherPartitions]);

        // There is a place now, which the next one takes; those that are rolled up stay it.
        await admin.DeleteTopicsAsync(["m"]);
        await Until.TrueAsync("another topic goes", async () => (await Scrape.OfAsync(broker.MetricsPort)).With("topic", "m").Count == 0, Patience);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "c", NumPartitions = 1, ReplicationFactor = 1 }]);
        var next = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(0, next["flymq_messages_produced_total", ("topic", "c")]);
        Assert.Equal(7, next["flymq_messages_produced_total", Other]);

        // After a restart the first ones by name are measured one by one.
        Assert.Equal(0, await broker.StopAsync());
        await broker.StartAgainAsync();
        var restarted = await Scrape.OfAsync(broker.MetricsPort);
        Assert.NotNull(restarted.Find("flymq_topic_partitions", ("topic", "__consumer_offsets")));
        Assert.NotNull(restarted.Find("flymq_topic_partitions", ("topic", "a")));
        Assert.Equal(2, restarted["flymq_metrics_rolled_up_topics"]);
    }

    [Fact]
    public async Task Consumption_belongs_to_a_group_only_where_it_can_be_no_other()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address }).Build())
        {
            for (var i = 0; i < 10; i++)
            {
                await producer.ProduceAsync("shared", new Message<Null, string> { Value = "value" });
            }
        }

        using var first = Member(broker, "first", "same");
        ReadAll(first);
        Assert.Equal(10, (await Scrape.OfAsync(broker.MetricsPort))["flymq_messages_consumed_total", ("topic", "shared"), ("group", "first")]);

        // A second group with the same client id on the same machine: whose a fetch is cannot be told.
        using var second = Member(broker, "second", "same");
        ReadAll(second);
        var ambiguous = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(10, ambiguous["flymq_messages_consumed_total", ("topic", "shared"), ("group", "<unattributed>")]);
        Assert.Null(ambiguous.Find("flymq_messages_consumed_total", ("topic", "shared"), ("group", "second")));
        Assert.Equal(["flymq_messages_unattributed_total{topic=shared,reason=several_groups} 10"], ambiguous.Of("flymq_messages_unattributed_total"));

        using var third = Member(broker, "third", "another");
        ReadAll(third);
        var told = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(10, told["flymq_messages_consumed_total", ("topic", "shared"), ("group", "third")]);
        Assert.Equal(10, told["flymq_messages_consumed_total", ("topic", "shared"), ("group", "<unattributed>")]);

        // Who assigns itself what groups read too, and what nobody else reads.
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address }).Build())
        {
            await producer.ProduceAsync("alone", new Message<Null, string> { Value = "value" });
        }

        using var tool = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = "tool", ClientId = "tool" }).Build();
        tool.Assign([new TopicPartitionOffset("shared", 0, Offset.Beginning), new TopicPartitionOffset("alone", 0, Offset.Beginning)]);
        for (var i = 0; i < 11; i++)
        {
            Assert.NotNull(tool.Consume(Patience));
        }

        var byReason = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(10, byReason["flymq_messages_unattributed_total", ("topic", "shared"), ("reason", "other_client")]);
        Assert.Equal(1, byReason["flymq_messages_unattributed_total", ("topic", "alone"), ("reason", "no_group")]);
        Assert.Equal(20, byReason["flymq_messages_consumed_total", ("topic", "shared"), ("group", "<unattributed>")]);
        Assert.Equal(1, byReason["flymq_messages_consumed_total", ("topic", "alone"), ("group", "<unattributed>")]);
    }

    private static IConsumer<Ignore, string> Member(BrokerProcess broker, string group, string clientId)
    {
        var member = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = broker.Address, GroupId = group, ClientId = clientId, AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        member.Subscribe("shared");
        return member;
    }

    private static void ReadAll(IConsumer<Ignore, string> member)
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.NotNull(member.Consume(Patience));
        }
    }
}

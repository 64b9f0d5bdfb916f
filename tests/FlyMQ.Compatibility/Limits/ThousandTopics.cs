using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Limits;

/// <summary>A thousand topics on one node: created, written to, there again after a restart. Times and memory are told, not judged.</summary>
public sealed class ThousandTopics
{
    private const int Topics = 1000;

    [Fact]
    public async Task A_thousand_topics_are_created_written_and_read_after_a_restart()
    {
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        var clock = Stopwatch.StartNew();
        var names = Enumerable.Range(0, Topics).Select(i => $"topic-{i:D4}").ToList();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            await admin.CreateTopicsAsync(names.Select(n => new TopicSpecification { Name = n, NumPartitions = 1, ReplicationFactor = 1 }), new CreateTopicsOptions { RequestTimeout = TimeSpan.FromMinutes(1) });
        }

        Tell("create", clock, broker);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All }).Build())
        {
            var sent = names.Select(n => producer.ProduceAsync(n, new Message<Null, string> { Value = n })).ToList();
            Assert.All(await Task.WhenAll(sent), report => Assert.Equal(0, report.Offset.Value));
        }

        Tell("one record each", clock, broker);
        Assert.Equal(0, await broker.StopAsync());
        Tell("stop", clock, null);
        await broker.StartAgainAsync();
        Tell("start", clock, broker);
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = "all" }).Build();
        consumer.Assign(names.Select(n => new TopicPartitionOffset(n, 0, Offset.Beginning)));
        var read = new HashSet<string>();
        while (read.Count < Topics)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"{read.Count} of {Topics} records came");
            Assert.Equal(record.Topic, record.Message.Value);
            Assert.True(read.Add(record.Topic));
        }

        Tell("consume", clock, broker);
    }

    private static void Tell(string step, Stopwatch clock, BrokerProcess? broker)
    {
        var memory = broker is null ? "" : $", {ProcessFacts.ResidentBytes(broker.Pid) >> 20} MiB";
        TestContext.Current.TestOutputHelper?.WriteLine($"{step}: {clock.ElapsedMilliseconds} ms{memory}");
        clock.Restart();
    }
}

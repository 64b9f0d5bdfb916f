using System.Diagnostics;
using System.Net.Sockets;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Limits;

/// <summary>More partitions than the process may open files: the broker works, stops and starts all the same, after a kill too.</summary>
public sealed class FewHandles
{
    private const int Handles = 1500, Topics = 1000, Partitions = 2, Meanwhile = 50;

    // The share for segments, and what a broker with a few connections has open besides.
    private const int MostOpen = ((Handles - 384) / 2) + 450;

    [Fact]
    public async Task Two_thousand_partitions_live_with_fifteen_hundred_handles()
    {
        Assert.SkipWhen(SuiteEnvironment.IsKafka, "This is about FlyMQ's own bounds.");
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings { Wrapper = ["sh", "-c", $"ulimit -n {Handles} && exec \"$@\"", "sh"] });
        Assert.Equal(Handles, ProcessFacts.MaxHandles(broker.Pid));
        var clock = Stopwatch.StartNew();
        var partitions = Enumerable.Range(0, Topics).SelectMany(t => Enumerable.Range(0, Partitions).Select(p => new TopicPartition($"topic-{t:D4}", p))).ToList();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            await admin.CreateTopicsAsync(
                partitions.Select(p => p.Topic).Distinct().Select(n => new TopicSpecification { Name = n, NumPartitions = Partitions, ReplicationFactor = 1 }),
                new CreateTopicsOptions { RequestTimeout = TimeSpan.FromMinutes(1) });
        }

        Tell("create", clock, broker);
        await Produce(broker, partitions, "first");
        Tell("produce", clock, broker);
        Assert.Equal(0, await broker.StopAsync());
        Tell("stop", clock, null);
        await broker.StartAgainAsync();
        Tell("start", clock, broker);
        Consume(broker, partitions, "first");
        Tell("consume", clock, broker);
        await Produce(broker, partitions, "second");
        Tell("produce", clock, broker);
        await broker.KillAsync();
        await broker.StartAgainAsync();
        Tell("start after a kill", clock, broker);
        Consume(broker, partitions, "first", "second");
        Tell("consume", clock, broker);
        Assert.Equal(0, await broker.StopAsync());
        Assert.DoesNotContain("Too many open files", await File.ReadAllTextAsync(Path.Combine(broker.Folder, "broker.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_beyond_the_handles_are_refused_and_those_that_are_open_work_on()
    {
        const int few = 600, connections = 900;
        Assert.SkipWhen(SuiteEnvironment.IsKafka, "This is about FlyMQ's own bounds.");
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings { Wrapper = ["sh", "-c", $"ulimit -n {few} && exec \"$@\"", "sh"] });
        var partitions = Enumerable.Range(0, 30).Select(p => new TopicPartition("orders", p)).ToList();
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build())
        {
            await admin.CreateTopicsAsync([new TopicSpecification { Name = "orders", NumPartitions = partitions.Count, ReplicationFactor = 1 }]);
        }

        var open = new List<TcpClient>();
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All }).Build())
        {
            await Produce(producer, partitions, "before");
            try
            {
                while (open.Count < connections)
                {
                    open.Add(new TcpClient());
                    try
                    {
                        await open[^1].ConnectAsync("127.0.0.1", broker.Port);
                    }
                    catch (SocketException)
                    {
                        // Refused quickly.
                    }

                    Assert.InRange(ProcessFacts.OpenHandles(broker.Pid), 0, few - 1);
                }

                for (var i = 0; i < Meanwhile; i++)
                {
                    await Produce(producer, partitions, $"meanwhile {i}");
                }
            }
            finally
            {
                open.ForEach(c => c.Dispose());
            }

            await Produce(producer, partitions, "after");
        }

        Consume(broker, partitions, ["before", .. Enumerable.Range(0, Meanwhile).Select(i => $"meanwhile {i}"), "after"]);
        Assert.Equal(0, await broker.StopAsync());
        Assert.Contains("limit of open files has room", await File.ReadAllTextAsync(Path.Combine(broker.Folder, "broker.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task Produce(BrokerProcess broker, IReadOnlyList<TopicPartition> partitions, string value)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All }).Build();
        await Produce(producer, partitions, value);
    }

    private static Task Produce(IProducer<Null, string> producer, IReadOnlyList<TopicPartition> partitions, string value)
        => Task.WhenAll(partitions.Select(p => producer.ProduceAsync(p, new Message<Null, string> { Value = value })));

    private static void Consume(BrokerProcess broker, IReadOnlyList<TopicPartition> partitions, params IReadOnlyList<string> values)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = "all" }).Build();
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        var read = partitions.ToDictionary(p => p, _ => 0);
        for (var left = partitions.Count * values.Count; left > 0; left--)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"{left} records did not come");
            Assert.Equal(values[read[record.TopicPartition]++], record.Message.Value);
        }
    }

    private static void Tell(string step, Stopwatch clock, BrokerProcess? broker)
    {
        var handles = broker is null ? 0 : ProcessFacts.OpenHandles(broker.Pid);
        TestContext.Current.TestOutputHelper?.WriteLine($"{step}: {clock.ElapsedMilliseconds} ms, {handles} handles");
        Assert.InRange(handles, 0, MostOpen);
        clock.Restart();
    }
}

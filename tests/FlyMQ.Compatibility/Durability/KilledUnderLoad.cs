using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Durability;

/// <summary>The real process is killed under load from a real client: what was acknowledged is there afterwards, each record once, and so are committed offsets.</summary>
public sealed class KilledUnderLoad
{
    private const int Partitions = 8, Kills = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="idempotent">The producer.</param>
    /// <param name="smallJournal">Of two files, each of which is used again many times: the kill comes close to a checkpoint.</param>
    [Theory, InlineData(true, false), InlineData(false, true)]
    public async Task Every_acknowledged_record_is_read_back_after_each_kill(bool idempotent, bool smallJournal)
    {
        Librdkafka.EnsureLoaded();
        var cancel = TestContext.Current.CancellationToken;
        var random = new Random(idempotent ? 1 : 2);
        var keys = new Dictionary<string, string> { ["storage.journal_file_bytes"] = "1048576", ["storage.journal_bytes"] = "2097152" };
        await using var broker = await BrokerProcess.StartAsync(smallJournal ? new BrokerSettings { FlyMQ = keys } : null);
        var topic = await CreateTopicAsync(broker);
        var acknowledged = new ConcurrentDictionary<(int Partition, long Offset), string>();
        var committed = new Dictionary<int, long>();
        for (var kill = 0; kill < Kills; kill++)
        {
            using (var load = new CancellationTokenSource())
            {
                var producing = Task.Run(() => Produce(broker, topic, idempotent, kill, acknowledged, load.Token), cancel);
                await Task.Delay(random.Next(300, 1200), cancel);
                var offsets = Commit(broker, topic, acknowledged);
                await Task.Delay(random.Next(50, 300), cancel);
                await broker.KillAsync();
                await load.CancelAsync();
                await producing;
                offsets.ToList().ForEach(o => committed[o.Key] = o.Value);
            }

            await broker.StartAgainAsync();
            Verify(broker, topic, acknowledged);
            VerifyCommitted(broker, topic, committed);
        }

        Assert.True(acknowledged.Count > 1000, $"only {acknowledged.Count} records were acknowledged: that is no load");
    }

    private static async Task<string> CreateTopicAsync(BrokerProcess broker)
    {
        var topic = $"kill-{Guid.NewGuid():n}";
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = Partitions, ReplicationFactor = 1 }]);
        return topic;
    }

    private static void Produce(
        BrokerProcess broker, string topic, bool idempotent, int kill, ConcurrentDictionary<(int, long), string> acknowledged, CancellationToken until)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = broker.Address, Acks = Acks.All, EnableIdempotence = idempotent, LingerMs = 2, MessageTimeoutMs = 2000, QueueBufferingMaxMessages = 10_000,
        };
        using var producer = new ProducerBuilder<Null, string>(config).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        for (var n = 0; !until.IsCancellationRequested; n++)
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"{kill}:{n}:{new string('x', n % 500)}");
            try
            {
                producer.Produce(new TopicPartition(topic, n % Partitions), new Message<Null, string> { Value = value }, report =>
                {
                    // Without idempotence a retry may write a record twice; what counts is that the acknowledged place holds it.
                    if (report.Error.Code == ErrorCode.NoError && report.Status == PersistenceStatus.Persisted)
                    {
                        acknowledged[(report.Partition.Value, report.Offset.Value)] = value;
                    }
                });
            }
            catch (ProduceException<Null, string> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }

        producer.Flush(TimeSpan.FromSeconds(3));
    }

    private static Dictionary<int, long> Commit(BrokerProcess broker, string topic, ConcurrentDictionary<(int Partition, long Offset), string> acknowledged)
    {
        var offsets = acknowledged.Keys.GroupBy(k => k.Partition).ToDictionary(g => g.Key, g => g.Max(k => k.Offset));
        using var consumer = NewConsumer(broker, "auditors");
        consumer.Commit(offsets.Select(o => new TopicPartitionOffset(topic, o.Key, o.Value)));
        return offsets;
    }

    private static void Verify(BrokerProcess broker, string topic, ConcurrentDictionary<(int Partition, long Offset), string> acknowledged)
    {
        using var consumer = NewConsumer(broker, $"reader-{Guid.NewGuid():n}");
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var read = new Dictionary<(int, long), string>();
        var ends = new HashSet<int>();
        while (ends.Count < Partitions)
        {
            var result = consumer.Consume(Patience) ?? throw new TimeoutException("no more records, and not at the end");
            if (result.IsPartitionEOF)
            {
                ends.Add(result.Partition.Value);
            }
            else
            {
                Assert.True(read.TryAdd((result.Partition.Value, result.Offset.Value), result.Message.Value), "an offset was read twice");
            }
        }

        Assert.All(acknowledged, record => Assert.Equal(record.Value, read.GetValueOrDefault(record.Key)));
        foreach (var partition in read.Keys.GroupBy(k => k.Item1))
        {
            Assert.Equal(partition.Count(), partition.Max(k => k.Item2) + 1);
        }
    }

    private static void VerifyCommitted(BrokerProcess broker, string topic, Dictionary<int, long> committed)
    {
        using var consumer = NewConsumer(broker, "auditors");
        var stored = consumer.Committed(Enumerable.Range(0, Partitions).Select(p => new TopicPartition(topic, p)), Patience);
        Assert.All(committed, offset => Assert.Equal(offset.Value, stored.Single(s => s.Partition.Value == offset.Key).Offset.Value));
    }

    private static IConsumer<Ignore, string> NewConsumer(BrokerProcess broker, string group) => new ConsumerBuilder<Ignore, string>(
        new ConsumerConfig { BootstrapServers = broker.Address, GroupId = group, EnableAutoCommit = false, EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Earliest })
        .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
}

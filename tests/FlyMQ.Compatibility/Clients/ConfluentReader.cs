using System.Diagnostics;
using Confluent.Kafka;

namespace FlyMQ.Compatibility.Clients;

/// <summary>Reads a whole topic by assignment, without a group.</summary>
internal static class ConfluentReader
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public static Task<IReadOnlyList<TestRecord>> ReadAsync(string bootstrap, string topic, int count, TimeSpan limit) =>
        Task.Factory.StartNew(() => Read(bootstrap, topic, count, limit), TaskCreationOptions.LongRunning);

    public static TestRecord ToRecord(ConsumeResult<byte[]?, byte[]?> result) => new(result.Message.Key, result.Message.Value)
    {
        Partition = result.Partition.Value,
        Offset = result.Offset.Value,
        Timestamp = result.Message.Timestamp.UnixTimestampMs,
        Headers = [.. result.Message.Headers.Select(header => (header.Key, (byte[]?)header.GetValueBytes()))],
    };

    public static IConsumer<byte[]?, byte[]?> Build(ConsumerConfig config) =>
        new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetKeyDeserializer(NullableBytes.Instance).SetValueDeserializer(NullableBytes.Instance)
            .SetLogHandler((_, _) => { })
            .Build();

    private static IReadOnlyList<TestRecord> Read(string bootstrap, string topic, int count, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        ConsumerConfig config = new() { BootstrapServers = bootstrap, GroupId = "unused", EnableAutoCommit = false };
        using var consumer = Build(config);
        consumer.Assign(PartitionsOf(bootstrap, topic).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        List<TestRecord> records = new(count);
        while (records.Count < count && clock.Elapsed < limit)
        {
            if (consumer.Consume(Poll) is { } result)
            {
                records.Add(ToRecord(result));
            }
        }

        return records;
    }

    private static IEnumerable<int> PartitionsOf(string bootstrap, string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).SetLogHandler((_, _) => { }).Build();
        return [.. admin.GetMetadata(topic, TimeSpan.FromSeconds(20)).Topics.Single().Partitions.Select(partition => partition.PartitionId)];
    }
}

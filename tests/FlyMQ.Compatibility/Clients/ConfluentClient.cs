using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Clients;

/// <summary>Confluent.Kafka (librdkafka) inside the test process. Its mortal member is kcat, which is librdkafka in a process of its own.</summary>
internal sealed class ConfluentClient : IKafkaClient
{
    private static readonly TimeSpan AdminLimit = TimeSpan.FromSeconds(20);
    private readonly string _bootstrap;
    private readonly IAdminClient _admin;

    public ConfluentClient(BrokerProcess broker)
    {
        Librdkafka.EnsureLoaded();
        _bootstrap = broker.Address;
        _admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _bootstrap })
            .SetLogHandler((_, _) => { })
            .Build();
    }

    public IAdminClient Admin => _admin;

    public async Task CreateTopicAsync(
        string topic, int partitions, IReadOnlyDictionary<string, string>? configs = null, int replicationFactor = 1)
    {
        TopicSpecification wanted = new()
        {
            Name = topic,
            NumPartitions = partitions,
            ReplicationFactor = (short)replicationFactor,
            Configs = configs?.ToDictionary(),
        };
        try
        {
            await _admin.CreateTopicsAsync([wanted], new CreateTopicsOptions { RequestTimeout = AdminLimit });
        }
        catch (CreateTopicsException refused)
        {
            throw Refused(refused.Results[0].Error);
        }
    }

    public async Task DeleteTopicAsync(string topic)
    {
        try
        {
            await _admin.DeleteTopicsAsync([topic]);
        }
        catch (DeleteTopicsException refused)
        {
            throw Refused(refused.Results[0].Error);
        }
    }

    public Task<IReadOnlyList<string>> ListTopicsAsync() =>
        Task.Run<IReadOnlyList<string>>(() => [.. _admin.GetMetadata(AdminLimit).Topics.Select(topic => topic.Topic)]);

    public async Task<int> CountPartitionsAsync(string topic)
    {
        var described = await _admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]));
        return described.TopicDescriptions.Single().Partitions.Count;
    }

    public Task CreatePartitionsAsync(string topic, int total) =>
        _admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = total }]);

    public async Task<IReadOnlyDictionary<string, string>> DescribeTopicConfigsAsync(string topic)
    {
        var described = await _admin.DescribeConfigsAsync([Resource(topic)]);
        return described.Single().Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value);
    }

    public async Task AlterTopicConfigsAsync(string topic, IReadOnlyDictionary<string, string> configs)
    {
        List<ConfigEntry> entries =
        [
            .. configs.Select(config => new ConfigEntry
            {
                Name = config.Key,
                Value = config.Value,
                IncrementalOperation = AlterConfigOpType.Set,
            }),
        ];
        try
        {
            await _admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>> { [Resource(topic)] = entries });
        }
        catch (IncrementalAlterConfigsException refused)
        {
            throw Refused(refused.Results[0].Error);
        }
    }

    public Task<Clients.IProducer> OpenProducerAsync(ProducerSettings settings) =>
        Task.FromResult<Clients.IProducer>(new ConfluentProducer(_bootstrap, settings));

    public Task<IReadOnlyList<TestRecord>> ReadAsync(string topic, int count, TimeSpan limit) =>
        ConfluentReader.ReadAsync(_bootstrap, topic, count, limit);

    public async Task<long> EarliestOffsetAsync(string topic, int partition) =>
        (await OffsetAsync(topic, partition, OffsetSpec.Earliest())).Offset.Value;

    public async Task<long> LatestOffsetAsync(string topic, int partition) =>
        (await OffsetAsync(topic, partition, OffsetSpec.Latest())).Offset.Value;

    public async Task<long?> OffsetForTimeAsync(string topic, int partition, long timestamp)
    {
        var found = await OffsetAsync(topic, partition, OffsetSpec.ForTimestamp(timestamp));
        return found.Offset.Value < 0 ? null : found.Offset.Value;
    }

    public async Task<IReadOnlyDictionary<int, long>> CommittedAsync(string group, string topic)
    {
        while (true)
        {
            try
            {
                var results = await _admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(group, null)]);
                return results.Single().Partitions
                    .Where(partition => partition.Topic == topic)
                    .ToDictionary(partition => partition.Partition.Value, partition => partition.Offset.Value);
            }
            catch (KafkaException refused) when (refused.Error.Code == ErrorCode.GroupLoadInProgress)
            {
                // librdkafka's admin client leaves this retriable error to its caller.
                await Task.Delay(100);
            }
        }
    }

    public Task<IMember> JoinAsync(MemberSettings settings) => Task.FromResult<IMember>(new ConfluentMember(_bootstrap, settings));

    public Task<IMember> JoinMortalAsync(MemberSettings settings) => Task.FromResult<IMember>(new KcatMember(_bootstrap, settings));

    public ValueTask DisposeAsync()
    {
        _admin.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static ClientError Refused(Error error) =>
        new(error.IsLocalError ? ClientError.Local : (int)error.Code, error.Reason);

    private async Task<TopicPartitionOffset> OffsetAsync(string topic, int partition, OffsetSpec at)
    {
        var listed = await _admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition(topic, partition), OffsetSpec = at }]);
        return listed.ResultInfos.Single().TopicPartitionOffsetError.TopicPartitionOffset;
    }

    private static ConfigResource Resource(string topic) => new() { Type = ResourceType.Topic, Name = topic };
}

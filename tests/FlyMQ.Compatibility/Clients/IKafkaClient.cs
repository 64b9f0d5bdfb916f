namespace FlyMQ.Compatibility.Clients;

/// <summary>What the shared scenarios ask of a client library; each implementation drives a real one in its own idiom.</summary>
internal interface IKafkaClient : IAsyncDisposable
{
    Task CreateTopicAsync(string topic, int partitions, IReadOnlyDictionary<string, string>? configs = null, int replicationFactor = 1);

    Task DeleteTopicAsync(string topic);

    Task<IReadOnlyList<string>> ListTopicsAsync();

    Task<int> CountPartitionsAsync(string topic);

    Task CreatePartitionsAsync(string topic, int total);

    Task<IReadOnlyDictionary<string, string>> DescribeTopicConfigsAsync(string topic);

    Task AlterTopicConfigsAsync(string topic, IReadOnlyDictionary<string, string> configs);

    Task<IProducer> OpenProducerAsync(ProducerSettings settings);

    /// <summary>Reads all partitions from the start until <paramref name="count"/> records came or the time is over.</summary>
    Task<IReadOnlyList<TestRecord>> ReadAsync(string topic, int count, TimeSpan limit);

    Task<long> EarliestOffsetAsync(string topic, int partition);

    Task<long> LatestOffsetAsync(string topic, int partition);

    /// <summary>The first offset whose timestamp is at or after <paramref name="timestamp"/>; null when there is none.</summary>
    Task<long?> OffsetForTimeAsync(string topic, int partition, long timestamp);

    /// <summary>The group's committed offsets by partition.</summary>
    Task<IReadOnlyDictionary<int, long>> CommittedAsync(string group, string topic);

    Task<IMember> JoinAsync(MemberSettings settings);

    /// <summary>A second member whose process can be killed; the same library unless it cannot be had in a child process.</summary>
    Task<IMember> JoinMortalAsync(MemberSettings settings);
}

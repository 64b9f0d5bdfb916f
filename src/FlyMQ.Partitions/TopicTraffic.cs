using System.Collections.Concurrent;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions;

/// <summary>
/// What clients have written to one topic and read from it on this node, for as long as the topic lives: a topic that is created again starts a new one.
/// Counting is a few interlocked additions; only the first fetch of a group makes something.
/// </summary>
public sealed class TopicTraffic(Guid topicId)
{
    private readonly ConcurrentDictionary<string, ConsumedTraffic> _byGroup = new(StringComparer.Ordinal);
    private readonly long[] _unattributed = new long[Enum.GetValues<UnattributedReason>().Length];
    private long _records;
    private long _bytes;
    private long _departedBytesWritten;
    private long _departedBytesRead;

    /// <summary><see cref="Guid.Empty"/> for all topics that are rolled up into one.</summary>
    public Guid TopicId => topicId;

    public long RecordsProduced => Interlocked.Read(ref _records);

    public long BytesProduced => Interlocked.Read(ref _bytes);

    /// <summary>One entry for each request that appended to the topic.</summary>
    public LatencyHistogram ProduceLatency { get; } = new();

    /// <summary>Fetched by nobody in particular: without a group, or by who could be of several.</summary>
    public ConsumedTraffic Unattributed { get; } = new();

    /// <summary>Fetched by the members of groups, by group.</summary>
    public IEnumerable<KeyValuePair<string, ConsumedTraffic>> ByGroup => _byGroup;

    /// <summary>Of the logs that were deleted while other topics that are rolled up with theirs live on, so that the sum does not fall.</summary>
    public long DepartedBytesWritten => Interlocked.Read(ref _departedBytesWritten);

    public long DepartedBytesRead => Interlocked.Read(ref _departedBytesRead);

    /// <summary>One batch was appended.</summary>
    public void Produced(int records, int bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <param name="group">Null when it is not known whose fetch it was.</param>
    public ConsumedTraffic ConsumedBy(string? group) =>
        group is null ? Unattributed : _byGroup.GetOrAdd(group, static _ => new ConsumedTraffic());

    /// <summary>Of the records of <see cref="Unattributed"/>, those that are nobody's for a reason.</summary>
    public long UnattributedRecords(UnattributedReason reason) => Interlocked.Read(ref _unattributed[(int)reason]);

    public void CountUnattributed(UnattributedReason reason, long records) => Interlocked.Add(ref _unattributed[(int)reason], records);

    public void ForgetGroup(string group) => _byGroup.TryRemove(group, out _);

    internal void Depart(PartitionLogMetrics log)
    {
        Interlocked.Add(ref _departedBytesWritten, log.BytesWritten);
        Interlocked.Add(ref _departedBytesRead, log.BytesRead);
    }
}

/// <summary>What one group, or nobody in particular, has fetched of a topic.</summary>
public sealed class ConsumedTraffic
{
    private long _records;
    private long _bytes;

    public long Records => Interlocked.Read(ref _records);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>One entry for each fetch that was answered with records of the topic, without the time in which there was nothing to answer with.</summary>
    public LatencyHistogram Latency { get; } = new();

    public void Fetched(long records, long bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }
}

using System.Collections.Concurrent;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions;

/// <summary>
/// What clients have written to one topic and read from it on this node, for as long as the topic lives: a topic that is created again starts a new one.
/// Counting is a few interlocked additions; only the first fetch of a group makes something.
/// </summary>
public sealed class TopicTraffic
{
    private readonly MeasuringLimits _limits;
    private readonly SeriesBudget _series;
    private readonly Lock _growing = new();
    private readonly ConcurrentDictionary<string, ConsumedTraffic> _byGroup = new(StringComparer.Ordinal);
    private readonly long[] _unattributed = new long[Enum.GetValues<UnattributedReason>().Length];
    private long _records;
    private long _bytes;
    private long _departedBytesWritten;
    private long _departedBytesRead;
    private int _partitions;
    private long _taken;
    private bool _forgotten;

    public TopicTraffic(Guid topicId)
        : this(topicId, MeasuringLimits.None, new SeriesBudget(long.MaxValue), partitions: 1, taken: 0)
    {
    }

    /// <param name="topicId">Whose it is.</param>
    /// <param name="limits">In how much detail.</param>
    /// <param name="series">What it grows at the expense of.</param>
    /// <param name="partitions">Of the topic.</param>
    /// <param name="taken">What was taken of <paramref name="series"/> for it.</param>
    internal TopicTraffic(Guid topicId, MeasuringLimits limits, SeriesBudget series, int partitions, long taken)
    {
        TopicId = topicId;
        _limits = limits;
        _series = series;
        _partitions = partitions;
        _taken = taken;
        ProduceLatency = new LatencyHistogram(limits.Buckets);
        Unattributed = new ConsumedTraffic(limits.Buckets);
        OtherGroups = new ConsumedTraffic(limits.Buckets);
    }

    /// <summary><see cref="Guid.Empty"/> for all topics that are rolled up into one.</summary>
    public Guid TopicId { get; }

    public long RecordsProduced => Interlocked.Read(ref _records);

    public long BytesProduced => Interlocked.Read(ref _bytes);

    /// <summary>One entry for each request that appended to the topic.</summary>
    public LatencyHistogram ProduceLatency { get; }

    /// <summary>Fetched by nobody in particular: without a group, or by who could be of several.</summary>
    public ConsumedTraffic Unattributed { get; }

    /// <summary>Fetched by the members of groups that came when there were too many series already.</summary>
    public ConsumedTraffic OtherGroups { get; }

    /// <summary>Fetched by the members of groups, by group.</summary>
    public IEnumerable<KeyValuePair<string, ConsumedTraffic>> ByGroup => _byGroup.Where(g => !ReferenceEquals(g.Value, OtherGroups));

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
        group is null ? Unattributed : _byGroup.TryGetValue(group, out var known) ? known : FirstBy(group);

    /// <summary>Of the records of <see cref="Unattributed"/>, those that are nobody's for a reason.</summary>
    public long UnattributedRecords(UnattributedReason reason) => Interlocked.Read(ref _unattributed[(int)reason]);

    public void CountUnattributed(UnattributedReason reason, long records) => Interlocked.Add(ref _unattributed[(int)reason], records);

    public void ForgetGroup(string group)
    {
        // Most groups read few of the topics.
        if (!_byGroup.ContainsKey(group))
        {
            return;
        }

        lock (_growing)
        {
            if (_byGroup.TryRemove(group, out var consumed) && !_forgotten)
            {
                _taken -= consumed.Series;
                _series.Give(consumed.Series);
            }
        }
    }

    /// <summary>The topic has more partitions now. What it has series for it keeps, so this takes what it needs.</summary>
    internal void Grow(int partitions)
    {
        lock (_growing)
        {
            var more = _limits.SeriesOfTopic(partitions) - _limits.SeriesOfTopic(_partitions);
            if (more > 0 && !_forgotten)
            {
                _partitions = partitions;
                _taken += more;
                _series.Take(more);
            }
        }
    }

    /// <summary>The topic is gone. A fetch of it that is still being answered takes nothing more.</summary>
    internal void Forget()
    {
        lock (_growing)
        {
            _forgotten = true;
            _series.Give(_taken);
            _taken = 0;
        }
    }

    private ConsumedTraffic FirstBy(string group)
    {
        lock (_growing)
        {
            if (_byGroup.TryGetValue(group, out var known))
            {
                return known;
            }

            var series = _limits.SeriesOfGroup(_partitions);
            if (_forgotten)
            {
                return OtherGroups;
            }

            if (!_series.TryTake(series))
            {
                // Noted, so that it stays so, and is not asked again for each fetch.
                return _byGroup[group] = OtherGroups;
            }

            _taken += series;
            return _byGroup[group] = new ConsumedTraffic(_limits.Buckets) { Series = series };
        }
    }

    internal void Depart(PartitionLogMetrics log)
    {
        Interlocked.Add(ref _departedBytesWritten, log.BytesWritten);
        Interlocked.Add(ref _departedBytesRead, log.BytesRead);
    }
}

/// <summary>What one group, or nobody in particular, has fetched of a topic.</summary>
public sealed class ConsumedTraffic(LatencyBuckets? buckets = null)
{
    private long _records;
    private long _bytes;

    public long Records => Interlocked.Read(ref _records);

    /// <summary>What was taken of the budget for it.</summary>
    internal long Series { get; init; }

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>One entry for each fetch that was answered with records of the topic, without the time in which there was nothing to answer with.</summary>
    public LatencyHistogram Latency { get; } = new(buckets);

    public void Fetched(long records, long bytes)
    {
        Interlocked.Add(ref _records, records);
        Interlocked.Add(ref _bytes, bytes);
    }
}

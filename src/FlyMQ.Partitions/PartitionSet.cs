using System.Collections.Concurrent;
using FlyMQ.Records;

namespace FlyMQ.Partitions;

/// <summary>The partitions that have a replica on this node. Finding takes no lock.</summary>
/// <param name="measuring">In how much detail they are measured; without it: each for itself.</param>
public sealed class PartitionSet(MeasuringLimits? measuring = null)
{
    private readonly ConcurrentDictionary<TopicIdPartition, Partition> _byId = new();
    private readonly ConcurrentDictionary<(string Topic, int Partition), Partition> _byName = new();

    public IEnumerable<Partition> All => _byId.Values;

    /// <summary>What clients write and read, by topic.</summary>
    public TopicTraffics Traffic { get; } = new(measuring ?? MeasuringLimits.None);

    /// <summary>What idempotent producers send twice or out of order.</summary>
    public ProducerFigures ProducerFigures { get; } = new();

    public Partition? Find(TopicIdPartition id) => _byId.GetValueOrDefault(id);

    public Partition? Find(string topic, int partition) => _byName.GetValueOrDefault((topic, partition));

    public void Add(Partition partition)
    {
        _byId[partition.Id] = partition;
        _byName[(partition.Topic, partition.Id.Partition)] = partition;
    }

    public void Remove(Partition partition)
    {
        if (_byId.TryRemove(partition.Id, out _) && ReferenceEquals(partition.Traffic, Traffic.Other))
        {
            Traffic.Other.Depart(partition.Log.Metrics);
        }

        // A topic that was created again has the name already.
        _byName.TryRemove(KeyValuePair.Create((partition.Topic, partition.Id.Partition), partition));
    }
}

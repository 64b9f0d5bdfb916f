using System.Collections.Concurrent;
using FlyMQ.Records;

namespace FlyMQ.Partitions;

/// <summary>The partitions that have a replica on this node. Finding takes no lock.</summary>
public sealed class PartitionSet
{
    private readonly ConcurrentDictionary<TopicIdPartition, Partition> _byId = new();
    private readonly ConcurrentDictionary<(string Topic, int Partition), Partition> _byName = new();

    public IEnumerable<Partition> All => _byId.Values;

    public Partition? Find(TopicIdPartition id) => _byId.GetValueOrDefault(id);

    public Partition? Find(string topic, int partition) => _byName.GetValueOrDefault((topic, partition));

    public void Add(Partition partition)
    {
        _byId[partition.Id] = partition;
        _byName[(partition.Topic, partition.Id.Partition)] = partition;
    }

    public void Remove(Partition partition)
    {
        _byId.TryRemove(partition.Id, out _);
        // A topic that was created again has the name already.
        _byName.TryRemove(KeyValuePair.Create((partition.Topic, partition.Id.Partition), partition));
    }
}

using System.Collections.Concurrent;
using FlyMQ.Coordination;

namespace FlyMQ.Broker.Coordinators;

/// <summary>
/// Which members of which groups read a partition, as the last completed generation of each group has it. Changed by the groups' shards when a group's record is
/// applied, under a lock; looked up by fetches, without one and without allocation.
/// </summary>
internal sealed class PartitionOwners : IConsumptionAttribution
{
    private readonly Lock _changing = new();
    private readonly ConcurrentDictionary<(string Topic, int Partition), Owner[]> _owners = new();
    private readonly Dictionary<string, List<(string Topic, int Partition)>> _ofGroup = new(StringComparer.Ordinal);

    public string? GroupOf(string topic, int partition, string? clientId, string clientHost)
    {
        if (!_owners.TryGetValue((topic, partition), out var owners))
        {
            return null;
        }

        string? group = null;
        foreach (var owner in owners)
        {
            if (owner.ClientId != (clientId ?? "") || owner.ClientHost != clientHost || owner.Group == group)
            {
                continue;
            }

            if (group is not null)
            {
                return null;
            }

            group = owner.Group;
        }

        return group;
    }

    /// <summary>From now on these are the group's; what it had before it has no more.</summary>
    public void Set(string group, IEnumerable<AssignedPartition> assigned)
    {
        lock (_changing)
        {
            Remove(group);
            List<(string, int)>? partitions = null;
            foreach (var one in assigned)
            {
                var key = (one.Topic, one.Partition);
                _owners[key] = [.. _owners.GetValueOrDefault(key, []), new Owner(group, one.ClientId, one.ClientHost)];
                (partitions ??= []).Add(key);
            }

            if (partitions is not null)
            {
                _ofGroup[group] = partitions;
            }
        }
    }

    // Under the lock.
    private void Remove(string group)
    {
        if (!_ofGroup.Remove(group, out var partitions))
        {
            return;
        }

        foreach (var key in partitions)
        {
            if (_owners.TryGetValue(key, out var owners) && Array.FindAll(owners, o => o.Group != group) is { Length: > 0 } left)
            {
                _owners[key] = left;
            }
            else
            {
                _owners.TryRemove(key, out _);
            }
        }
    }

    private readonly record struct Owner(string Group, string ClientId, string ClientHost);
}

using System.Collections.Concurrent;
using FlyMQ.Coordination;
using FlyMQ.Partitions;

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

    public FetchOwner Of(string topic, int partition, string? clientId, string clientHost)
    {
        if (!_owners.TryGetValue((topic, partition), out var owners))
        {
            return FetchOwner.Nobody(UnattributedReason.NoGroup);
        }

        string? found = null;
        foreach (var owner in owners)
        {
            if (owner.ClientId != (clientId ?? "") || owner.ClientHost != clientHost || owner.Label == found)
            {
                continue;
            }

            if (found is not null)
            {
                return FetchOwner.Nobody(UnattributedReason.SeveralGroups);
            }

            found = owner.Label;
        }

        return found is null ? FetchOwner.Nobody(UnattributedReason.OtherClient) : FetchOwner.To(found);
    }

    /// <summary>From now on these are the group's; what it had before it has no more.</summary>
    /// <param name="group">Its id.</param>
    /// <param name="label">The name under which it is counted.</param>
    /// <param name="assigned">What its members read.</param>
    public void Set(string group, string label, IEnumerable<AssignedPartition> assigned)
    {
        lock (_changing)
        {
            Forget(group);
            List<(string, int)>? partitions = null;
            foreach (var one in assigned)
            {
                var key = (one.Topic, one.Partition);
                _owners[key] = [.. _owners.GetValueOrDefault(key, []), new Owner(group, label, one.ClientId, one.ClientHost)];
                (partitions ??= []).Add(key);
            }

            if (partitions is not null)
            {
                _ofGroup[group] = partitions;
            }
        }
    }

    /// <summary>The group has nothing any more.</summary>
    public void Remove(string group)
    {
        lock (_changing)
        {
            Forget(group);
        }
    }

    // Under the lock.
    private void Forget(string group)
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

    private readonly record struct Owner(string Group, string Label, string ClientId, string ClientHost);
}

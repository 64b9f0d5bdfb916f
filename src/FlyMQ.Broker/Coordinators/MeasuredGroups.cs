using System.Collections.Concurrent;
using FlyMQ.Coordination;

namespace FlyMQ.Broker.Coordinators;

/// <summary>
/// Where each group of this node is counted. Above a number of groups those that come later are counted together, for clients make up groups and what is kept of them
/// has to stay bounded; a group stays what it was when it came, for a counter that changed its label would look like a restart. Safe to call from any thread.
/// </summary>
/// <param name="max">How many groups are counted by themselves.</param>
internal sealed class MeasuredGroups(int max)
{
    private readonly Lock _coming = new();
    private readonly ConcurrentDictionary<string, GroupCounters> _byName = new(StringComparer.Ordinal);
    private int _own;

    /// <summary>Of all groups that came when there were too many already.</summary>
    public GroupCounters Other { get; } = new();

    /// <summary>Where the group is counted, from now on at the latest.</summary>
    public GroupCounters Of(string group)
    {
        if (_byName.TryGetValue(group, out var known))
        {
            return known;
        }

        lock (_coming)
        {
            return _byName.GetOrAdd(group, static (name, groups) => groups.Place(name), this);
        }
    }

    /// <summary>The name under which a group is told of; null when there is no such group.</summary>
    public string? LabelOf(string group) => !_byName.TryGetValue(group, out var counters) ? null : ReferenceEquals(counters, Other) ? GroupLabels.Other : group;

    /// <summary>The group is gone.</summary>
    /// <returns>True when it was counted by itself: nothing of it is left.</returns>
    public bool Forget(string group)
    {
        lock (_coming)
        {
            if (!_byName.TryRemove(group, out var counters) || ReferenceEquals(counters, Other))
            {
                return false;
            }

            _own--;
            return true;
        }
    }

    // Under the lock. A group that is called like what stands for others would be mistaken for it.
    private GroupCounters Place(string group)
    {
        if (_own >= max || GroupLabels.IsReserved(group))
        {
            return Other;
        }

        _own++;
        return new GroupCounters();
    }
}

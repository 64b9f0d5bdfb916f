using System.Collections.Concurrent;
using FlyMQ.Storage;

namespace FlyMQ.Partitions;

/// <summary>
/// The traffic of every topic of this node. Above a number of topics those that come later share one, so that a scrape stays bounded whatever is
/// created; a topic stays what it was when it came, for a counter that changed its label would look like a restart. Topics come and go on the image
/// follower's loop alone; finding takes no lock.
/// </summary>
/// <param name="max">How many topics have traffic of their own.</param>
/// <param name="buckets">Of their histograms.</param>
public sealed class TopicTraffics(int max, LatencyBuckets? buckets = null)
{
    private readonly ConcurrentDictionary<Guid, TopicTraffic> _byId = new();
    private int _own;

    /// <summary>Of all topics that came when there were too many already.</summary>
    public TopicTraffic Other { get; } = new(Guid.Empty, buckets);

    public TopicTraffic? Find(Guid topicId) => _byId.GetValueOrDefault(topicId);

    /// <summary>The topic's traffic, from now on at the latest.</summary>
    public TopicTraffic Of(Guid topicId)
    {
        if (_byId.TryGetValue(topicId, out var known))
        {
            return known;
        }

        var traffic = _own < max ? new TopicTraffic(topicId, buckets) : Other;
        _own += ReferenceEquals(traffic, Other) ? 0 : 1;
        _byId[topicId] = traffic;
        return traffic;
    }

    /// <summary>The topic is gone.</summary>
    public void Forget(Guid topicId)
    {
        if (_byId.TryRemove(topicId, out var traffic) && !ReferenceEquals(traffic, Other))
        {
            _own--;
        }
    }

    /// <summary>The group is gone.</summary>
    public void ForgetGroup(string group)
    {
        Other.ForgetGroup(group);
        foreach (var traffic in _byId.Values)
        {
            traffic.ForgetGroup(group);
        }
    }
}

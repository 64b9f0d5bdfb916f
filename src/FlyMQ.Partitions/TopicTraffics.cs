using System.Collections.Concurrent;

namespace FlyMQ.Partitions;

/// <summary>
/// The traffic of every topic of this node. Above a number of topics those that come later share one, so that a scrape stays bounded whatever is
/// created; a topic stays what it was when it came, for a counter that changed its label would look like a restart. Topics come and go on the image
/// follower's loop alone; finding takes no lock.
/// </summary>
public sealed class TopicTraffics
{
    private readonly ConcurrentDictionary<Guid, TopicTraffic> _byId = new();
    private readonly SeriesBudget _series;
    private int _own;

    /// <param name="limits">How many topics have traffic of their own, and how many series they and their groups.</param>
    public TopicTraffics(MeasuringLimits limits)
    {
        Limits = limits;
        _series = new SeriesBudget(limits.MaxSeries);
        Other = new TopicTraffic(Guid.Empty, limits, _series, partitions: 1, taken: 0);
    }

    /// <summary>Of all topics that came when there were too many already.</summary>
    public TopicTraffic Other { get; }

    public MeasuringLimits Limits { get; }

    public TopicTraffic? Find(Guid topicId) => _byId.GetValueOrDefault(topicId);

    /// <summary>The topic's traffic, from now on at the latest.</summary>
    public TopicTraffic Of(Guid topicId, int partitions)
    {
        if (_byId.TryGetValue(topicId, out var known))
        {
            if (!ReferenceEquals(known, Other))
            {
                known.Grow(partitions);
            }

            return known;
        }

        var series = Limits.SeriesOfTopic(partitions);
        var traffic = _own < Limits.MaxTopics && _series.TryTake(series) ? new TopicTraffic(topicId, Limits, _series, partitions, series) : Other;
        _own += ReferenceEquals(traffic, Other) ? 0 : 1;
        _byId[topicId] = traffic;
        return traffic;
    }

    /// <summary>The topic is gone.</summary>
    public void Forget(Guid topicId)
    {
        if (_byId.TryRemove(topicId, out var traffic) && !ReferenceEquals(traffic, Other))
        {
            traffic.Forget();
            _own--;
        }
    }

    /// <summary>The group is gone.</summary>
    public void ForgetGroup(string group)
    {
        Other.ForgetGroup(group);
        foreach (var (_, traffic) in _byId)
        {
            traffic.ForgetGroup(group);
        }
    }
}

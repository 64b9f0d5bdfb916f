using FlyMQ.Broker.Lag;
using FlyMQ.Coordination;
using FlyMQ.Metadata;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>What one scrape looks at, taken at its beginning, so that every family shows the same topics and groups.</summary>
/// <param name="Groups">By id. Those of a shard that is being loaded are missing.</param>
internal sealed record ScrapeView(TopicSnapshot Topics, IReadOnlyList<GroupFigures> Groups)
{
    /// <summary>How far the groups are behind, in the same order.</summary>
    public LagSnapshot Lags { get; init; } = LagSnapshot.Empty;

    /// <summary>Where those are counted that are counted together.</summary>
    public GroupCounters OtherGroups { get; init; } = new();

    public ClusterImage Image => Topics.Image;

    /// <summary>Groups with series of their own.</summary>
    public IEnumerable<GroupFigures> OwnGroups => Groups.Where(g => !IsRolledUp(g));

    public IEnumerable<GroupFigures> RolledUpGroups => Groups.Where(IsRolledUp);

    public bool IsRolledUp(GroupFigures group) => ReferenceEquals(group.Counters, OtherGroups);
}

using FlyMQ.Coordination;
using FlyMQ.Metadata;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>What one scrape looks at, taken at its beginning, so that every family shows the same topics and groups.</summary>
/// <param name="Groups">By id. Those of a shard that is being loaded are missing.</param>
internal sealed record ScrapeView(TopicSnapshot Topics, IReadOnlyList<GroupFigures> Groups)
{
    public ClusterImage Image => Topics.Image;
}

using System.Globalization;
using FlyMQ.Metadata;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>The cluster and its metadata quorum.</summary>
internal sealed class ClusterSection(IMetadataQuorum metadata) : IMetricsSection
{
    public IReadOnlyList<MetricFamily> Families =>
    [
        ClusterNodes, ClusterLeader, RaftTerm, RaftCommitIndex, RaftElections,
    ];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(ClusterNodes, scrape.Image.Brokers.Count);
        page.Begin(ClusterLeader);
        var leader = metadata.LeaderId;
        foreach (var voter in metadata.Voters)
        {
            page.Sample(ClusterLeader, voter.NodeId == leader ? 1 : 0, voter.NodeId.ToString(CultureInfo.InvariantCulture));
        }

        page.One(RaftTerm, metadata.Term);
        page.One(RaftCommitIndex, metadata.CommitIndex);
        page.One(RaftElections, metadata.ElectionsTotal);
        return ValueTask.CompletedTask;
    }
}

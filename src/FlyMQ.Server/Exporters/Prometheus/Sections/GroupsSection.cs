using FlyMQ.Broker;
using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>Consumer groups.</summary>
internal sealed class GroupsSection(KafkaBroker broker) : IMetricsSection
{
    public IReadOnlyList<MetricFamily> Families =>
    [
        GroupMembers, GroupLag, GroupRebalances, GroupCommits,
    ];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        await page.ByGroupAsync(GroupMembers, scrape, static g => g.Members, static s => s.RolledUpGroups.Sum(g => g.Members), cancellation).ConfigureAwait(false);
        await page.ByGroupPartitionAsync(GroupLag, scrape, static l => l.Records, static (a, b) => a + b, cancellation).ConfigureAwait(false);
        await page.ByGroupAsync(GroupRebalances, scrape, static g => g.Rebalances, static s => s.OtherGroups.Rebalances, cancellation).ConfigureAwait(false);
        page.Begin(GroupCommits);
        foreach (var group in scrape.OwnGroups)
        {
            WriteCommits(page, group.GroupId, scrape.Topics);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (scrape.RolledUpGroups.Any())
        {
            WriteCommits(page, GroupLabels.Other, scrape.Topics);
        }
    }

    private void WriteCommits(IMetricSink page, string group, TopicSnapshot topics)
    {
        foreach (var (topicId, commits) in broker.CommitsOf(group))
        {
            if (NameOf(topicId, topics) is { } name)
            {
                page.Sample(GroupCommits, commits, group, name);
            }
        }
    }

    private static string? NameOf(Guid topicId, TopicSnapshot topics) => topicId == Guid.Empty
        ? (topics.HasRolledUp ? TopicSnapshot.Other : null)
        : topics.Image.TopicOrNull(topicId)?.Name;
}

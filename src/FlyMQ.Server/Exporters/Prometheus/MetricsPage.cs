using FlyMQ.Broker;
using FlyMQ.Metadata;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>
/// The page, made anew for every scrape by walking what lives: topics of the image, their partitions, the coordinator's groups, the log store. Nothing is
/// registered and nothing has to be removed: a series is there as long as what it tells of.
/// </summary>
internal sealed class MetricsPage(KafkaBroker broker, IMetadataQuorum metadata, IReadOnlyList<IMetricsSection> sections)
{
    /// <summary>Every family there is, in the page's order.</summary>
    public IEnumerable<MetricFamily> Families => sections.SelectMany(s => s.Families);

    public async Task WriteAsync(ExpositionWriter page, CancellationToken cancellation)
    {
        await WriteAsync((IMetricSink)page, cancellation).ConfigureAwait(false);
        await page.EndAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>All sections, one after the other.</summary>
    public async Task WriteAsync(IMetricSink sink, CancellationToken cancellation)
    {
        var groups = (await broker.GroupsAsync(cancellation).ConfigureAwait(false)).OrderBy(g => g.GroupId, StringComparer.Ordinal).ToList();
        var topics = TopicSnapshot.Take(metadata.Image, broker.Partitions);
        var scrape = new ScrapeView(topics, groups)
        {
            Lags = await broker.LagsAsync(groups, topics.Image, cancellation).ConfigureAwait(false),
            OtherGroups = broker.OtherGroups,
        };
        foreach (var section in sections)
        {
            await section.WriteAsync(scrape, sink, cancellation).ConfigureAwait(false);
        }
    }
}

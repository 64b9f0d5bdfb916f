using FlyMQ.Broker;
using FlyMQ.Metadata;
using FlyMQ.Partitions;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>
/// The page, made anew for every scrape by walking what lives: topics of the image, their partitions, the coordinator's groups, the log store. Nothing is
/// registered and nothing has to be removed: a series is there as long as what it tells of.
/// </summary>
/// <param name="broker">Null before there is one: then sections see no topics and no groups.</param>
/// <param name="metadata">The image to walk.</param>
/// <param name="sections">What is told, in this order.</param>
/// <param name="maxSeries">How many series a page may have.</param>
internal sealed class MetricsPage(KafkaBroker? broker, IMetadataQuorum metadata, IReadOnlyList<IMetricsSection> sections, long maxSeries = long.MaxValue)
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
        var scrape = (await LookAsync(cancellation).ConfigureAwait(false)) with { Series = new SeriesCount(maxSeries) };
        var bounded = new BoundedSink(sink, scrape.Series);
        foreach (var section in sections)
        {
            await section.WriteAsync(scrape, bounded, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask<ScrapeView> LookAsync(CancellationToken cancellation)
    {
        if (broker is null)
        {
            return new ScrapeView(TopicSnapshot.Take(metadata.Image, new PartitionSet()), []);
        }

        var groups = (await broker.GroupsAsync(cancellation).ConfigureAwait(false)).OrderBy(g => g.GroupId, StringComparer.Ordinal).ToList();
        var topics = TopicSnapshot.Take(metadata.Image, broker.Partitions);
        return new ScrapeView(topics, groups)
        {
            Lags = await broker.LagsAsync(groups, topics.Image, cancellation).ConfigureAwait(false),
            OtherGroups = broker.OtherGroups,
        };
    }
}

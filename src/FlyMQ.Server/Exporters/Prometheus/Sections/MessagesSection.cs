using static FlyMQ.Server.Exporters.Prometheus.MetricFamilies;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What clients write and read, by topic and group.</summary>
internal sealed class MessagesSection : IMetricsSection
{
    public IReadOnlyList<MetricFamily> Families =>
    [
        MessagesProduced, MessagesConsumed, BytesProduced, BytesConsumed, ProduceLatency, ConsumeLatency,
    ];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var topics = scrape.Topics;
        await page.ByTopicAsync(MessagesProduced, topics, static (p, f, t, name) => p.Sample(f, t.RecordsProduced, name), cancellation).ConfigureAwait(false);
        await page.ByGroupAsync(MessagesConsumed, topics, static (p, f, c, topic, group) => p.Sample(f, c.Records, topic, group), cancellation).ConfigureAwait(false);
        await page.ByTopicAsync(BytesProduced, topics, static (p, f, t, name) => p.Sample(f, t.BytesProduced, name), cancellation).ConfigureAwait(false);
        await page.ByGroupAsync(BytesConsumed, topics, static (p, f, c, topic, group) => p.Sample(f, c.Bytes, topic, group), cancellation).ConfigureAwait(false);
        await page.ByTopicAsync(
            ProduceLatency,
            topics,
            static (p, f, t, name) =>
            {
                // Twenty lines each: not for the many topics that nobody writes to.
                if (t.RecordsProduced > 0)
                {
                    p.Sample(f, t.ProduceLatency, name);
                }
            },
            cancellation).ConfigureAwait(false);
        await page.ByGroupAsync(ConsumeLatency, topics, static (p, f, c, topic, group) => p.Sample(f, c.Latency, topic, group), cancellation).ConfigureAwait(false);
    }
}

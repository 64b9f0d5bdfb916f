namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What the page does not tell one by one.</summary>
internal sealed class RolledUpSection : IMetricsSection
{
    private static readonly MetricFamily RolledUpTopics =
        new("flymq_metrics_rolled_up_topics", MetricType.Gauge, "Topics that are counted together as the topic <other>");

    public IReadOnlyList<MetricFamily> Families => [RolledUpTopics];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(RolledUpTopics, scrape.Topics.RolledUp.Count);
        return ValueTask.CompletedTask;
    }
}

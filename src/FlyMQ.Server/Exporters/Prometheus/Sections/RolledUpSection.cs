namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What the page does not tell one by one.</summary>
internal sealed class RolledUpSection : IMetricsSection
{
    private static readonly MetricFamily RolledUpTopics =
        new("flymq_metrics_rolled_up_topics", MetricType.Gauge, "Topics that are counted together as the topic <other>");

    private static readonly MetricFamily Series = new("flymq_metrics_series", MetricType.Gauge, "Series on this page above this one");

    private static readonly MetricFamily LeftOut =
        new("flymq_metrics_series_left_out", MetricType.Gauge, "Series that this page would have had beyond observability.metrics.max_series");

    public IReadOnlyList<MetricFamily> Families => [RolledUpTopics, Series, LeftOut];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(RolledUpTopics, scrape.Topics.RolledUp.Count);
        page.One(Series, scrape.Series.Shown);
        page.One(LeftOut, scrape.Series.LeftOut);
        return ValueTask.CompletedTask;
    }
}

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>A part of the page: some families that are read from the same place. Several scrapes may use it at once.</summary>
internal interface IMetricsSection
{
    /// <summary>Every family it may write. It writes each once, or leaves it out where there is nothing to tell.</summary>
    IReadOnlyList<MetricFamily> Families { get; }

    ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation);
}

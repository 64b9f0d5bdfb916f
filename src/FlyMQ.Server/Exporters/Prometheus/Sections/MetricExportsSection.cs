using FlyMQ.Server.Exporters.Otlp.Metrics;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What became of the metrics that are sent over OTLP. Only there while they are.</summary>
internal sealed class MetricExportsSection(MetricExportCounts counts) : IMetricsSection
{
    private static readonly MetricFamily Points =
        new("flymq_metrics_points_exported_total", MetricType.Counter, "Points that the OTLP endpoint has taken");

    private static readonly MetricFamily Failed =
        new("flymq_metrics_exports_failed_total", MetricType.Counter, "Exports of metrics of which the OTLP endpoint did not take all");

    public IReadOnlyList<MetricFamily> Families => [Points, Failed];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(Points, counts.Points);
        page.One(Failed, counts.Failed);
        return ValueTask.CompletedTask;
    }
}

using FlyMQ.Server.Exporters.Otlp;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What became of the spans. Only there while requests are traced.</summary>
internal sealed class TracesSection(OtlpTracing tracing) : IMetricsSection
{
    public static readonly MetricFamily Exported = new("flymq_trace_spans_exported_total", MetricType.Counter, "Spans that the endpoint has taken");
    public static readonly MetricFamily Dropped = new("flymq_trace_spans_dropped_total", MetricType.Counter, "Spans that were wanted and not delivered, by reason", "reason");
    public static readonly MetricFamily Waiting = new("flymq_trace_spans_waiting", MetricType.Gauge, "Spans that wait to be sent or are on their way");

    public IReadOnlyList<MetricFamily> Families => [Exported, Dropped, Waiting];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.One(Exported, tracing.Counts.Exported);
        page.Begin(Dropped);
        page.Sample(Dropped, tracing.Counts.ExportFailed, "export_failed");
        page.Sample(Dropped, tracing.Counts.QueueFull, "queue_full");
        page.Sample(Dropped, tracing.Requests.Budget.Refused, "rate_limited");
        page.One(Waiting, tracing.Counts.Waiting);
        return ValueTask.CompletedTask;
    }
}

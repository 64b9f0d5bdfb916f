using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>Leaves out families that turn out to have no samples: a heading comes with the first of them.</summary>
internal sealed class SparseSink(IMetricSink page) : IMetricSink
{
    private MetricFamily? _begun;

    public void Begin(MetricFamily family) => _begun = family;

    public void Sample(MetricFamily family, long value, params ReadOnlySpan<string> labels)
    {
        WriteHeading();
        page.Sample(family, value, labels);
    }

    public void Sample(MetricFamily family, double value, params ReadOnlySpan<string> labels)
    {
        WriteHeading();
        page.Sample(family, value, labels);
    }

    public void Sample(MetricFamily family, LatencyHistogram histogram, params ReadOnlySpan<string> labels)
    {
        WriteHeading();
        page.Sample(family, histogram, labels);
    }

    public ValueTask FlushIfMuchAsync(CancellationToken cancellation) => page.FlushIfMuchAsync(cancellation);

    private void WriteHeading()
    {
        if (_begun is { } family)
        {
            _begun = null;
            page.Begin(family);
        }
    }
}

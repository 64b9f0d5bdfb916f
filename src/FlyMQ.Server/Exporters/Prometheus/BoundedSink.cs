using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>
/// Lets only so many series through. Topics and groups are rolled up long before, so this is for what nobody reckoned with; what is told of the broker as a whole
/// (families without labels) always comes through.
/// </summary>
internal sealed class BoundedSink(IMetricSink page, SeriesCount series) : IMetricSink
{
    public void Begin(MetricFamily family) => page.Begin(family);

    public void Sample(MetricFamily family, long value, params ReadOnlySpan<string> labels)
    {
        if (series.TryAdd(1, isOfBroker: labels.IsEmpty))
        {
            page.Sample(family, value, labels);
        }
    }

    public void Sample(MetricFamily family, double value, params ReadOnlySpan<string> labels)
    {
        if (series.TryAdd(1, isOfBroker: labels.IsEmpty))
        {
            page.Sample(family, value, labels);
        }
    }

    public void Sample(MetricFamily family, LatencyHistogram histogram, params ReadOnlySpan<string> labels)
    {
        // Sum and count beside the buckets.
        if (series.TryAdd(histogram.Buckets.Count + 2, isOfBroker: labels.IsEmpty))
        {
            page.Sample(family, histogram, labels);
        }
    }

    public ValueTask FlushIfMuchAsync(CancellationToken cancellation) => page.FlushIfMuchAsync(cancellation);
}

/// <summary>The series of one page so far, and those that were left out because there would have been too many.</summary>
internal sealed class SeriesCount(long max)
{
    public long Shown { get; private set; }

    public long LeftOut { get; private set; }

    public bool TryAdd(int series, bool isOfBroker)
    {
        if (!isOfBroker && Shown + series > max)
        {
            LeftOut += series;
            return false;
        }

        Shown += series;
        return true;
    }
}

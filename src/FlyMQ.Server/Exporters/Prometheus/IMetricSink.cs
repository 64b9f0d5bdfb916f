using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>Takes metrics as they are read: a family's heading once, then its samples. One user at a time.</summary>
internal interface IMetricSink
{
    /// <summary>The heading of a family; its samples follow, and no other family's until the last of them.</summary>
    void Begin(MetricFamily family);

    /// <param name="family">The one that was begun.</param>
    /// <param name="value">In the unit that the family's name ends in.</param>
    /// <param name="labels">The labels' values in the family's order.</param>
    void Sample(MetricFamily family, long value, params ReadOnlySpan<string> labels);

    /// <inheritdoc cref="Sample(MetricFamily, long, ReadOnlySpan{string})"/>
    void Sample(MetricFamily family, double value, params ReadOnlySpan<string> labels);

    /// <inheritdoc cref="Sample(MetricFamily, long, ReadOnlySpan{string})"/>
    void Sample(MetricFamily family, LatencyHistogram histogram, params ReadOnlySpan<string> labels);

    /// <summary>The place where a slow reader is waited for; called between samples, about once per topic or group.</summary>
    /// <exception cref="OperationCanceledException">The reader is gone.</exception>
    ValueTask FlushIfMuchAsync(CancellationToken cancellation);
}

internal static class MetricSinks
{
    /// <summary>A family without labels.</summary>
    public static void One(this IMetricSink page, MetricFamily family, long value)
    {
        page.Begin(family);
        page.Sample(family, value);
    }

    /// <inheritdoc cref="One(IMetricSink, MetricFamily, long)"/>
    public static void One(this IMetricSink page, MetricFamily family, double value)
    {
        page.Begin(family);
        page.Sample(family, value);
    }
}

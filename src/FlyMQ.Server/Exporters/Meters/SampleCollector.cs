using System.Diagnostics.Metrics;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Meters;

/// <summary>Keeps the samples of one walk, by the name that each has on the page. Written by the walk, then read by anybody.</summary>
internal sealed class SampleCollector : IMetricSink
{
    private readonly Dictionary<string, List<Measurement<double>>> _samples = new(StringComparer.Ordinal);

    // Of the histogram before: a page has one set of buckets, or few.
    private LatencyBuckets? _buckets;
    private string[] _bucketEnds = [];
    private long[] _counts = [];

    public IReadOnlyList<Measurement<double>> Of(string sample) => _samples.GetValueOrDefault(sample) ?? [];

    public void Begin(MetricFamily family)
    {
    }

    public void Sample(MetricFamily family, long value, params ReadOnlySpan<string> labels) => Add(family.Name, value, Tags(family, labels));

    public void Sample(MetricFamily family, double value, params ReadOnlySpan<string> labels) => Add(family.Name, value, Tags(family, labels));

    public void Sample(MetricFamily family, LatencyHistogram histogram, params ReadOnlySpan<string> labels)
    {
        // As the page does: the sum is never ahead of the buckets, and the count is theirs.
        Prepare(histogram.Buckets);
        var sum = histogram.Sum;
        var all = histogram.CopyTo(_counts);
        var upTo = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            upTo += _counts[i];
            Add(InstrumentNames.Bucket(family), upTo, [.. Tags(family, labels), new("le", _bucketEnds[i])]);
        }

        Add(InstrumentNames.Sum(family), sum.TotalSeconds, Tags(family, labels));
        Add(InstrumentNames.Count(family), all, Tags(family, labels));
    }

    public ValueTask FlushIfMuchAsync(CancellationToken cancellation)
    {
        // Nobody is waited for here, so this is where a walk that nobody waits for any more ends.
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.CompletedTask;
    }

    private void Prepare(LatencyBuckets buckets)
    {
        if (!ReferenceEquals(buckets, _buckets))
        {
            _buckets = buckets;
            _bucketEnds = [.. buckets.Ends.ToArray().Select(b => ExpositionWriter.GoNumber(b.TotalSeconds, wholeAsFloat: false)), "+Inf"];
            _counts = new long[buckets.Count];
        }
    }

    private static KeyValuePair<string, object?>[] Tags(MetricFamily family, ReadOnlySpan<string> values)
    {
        var tags = new KeyValuePair<string, object?>[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            tags[i] = new(family.Labels[i], values[i]);
        }

        return tags;
    }

    private void Add(string sample, double value, KeyValuePair<string, object?>[] tags)
    {
        if (!_samples.TryGetValue(sample, out var samples))
        {
            _samples.Add(sample, samples = []);
        }

        samples.Add(new Measurement<double>(value, tags));
    }
}

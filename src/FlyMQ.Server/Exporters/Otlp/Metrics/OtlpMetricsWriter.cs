using FlyMQ.Server.Commands;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>
/// Writes metrics as OTLP's export requests, none larger than collectors take by default (4 MiB), and has each sent when the walk comes to where it may wait. One
/// user at a time, once.
/// </summary>
/// <remarks>
/// opentelemetry/proto/metrics/v1/metrics.proto. Counters and histograms are cumulative, since the broker's start. Names are the families', whole: servers that
/// make Prometheus' names of them add nothing where unit and <c>_total</c> are there already.
/// </remarks>
/// <param name="resource">Attributes that say who sends.</param>
/// <param name="startedAt">When counting began.</param>
/// <param name="now">The moment that all values are of.</param>
/// <param name="send">Takes a request and how many points it has; false when the endpoint did not take it.</param>
internal sealed class OtlpMetricsWriter(
    IReadOnlyDictionary<string, string> resource, DateTimeOffset startedAt, DateTimeOffset now, Func<ReadOnlyMemory<byte>, int, CancellationToken, Task<bool>> send) : IMetricSink
{
    internal const int RequestBytes = 2 << 20;

    private const ulong Cumulative = 2;

    private readonly Queue<(ReadOnlyMemory<byte> Request, int Points)> _ready = new();
    private readonly ulong _start = Nanoseconds(startedAt);
    private readonly ulong _time = Nanoseconds(now);

    // Of the histogram before: a page has one set of buckets, or few.
    private LatencyBuckets? _buckets;
    private ulong[] _bounds = [];
    private long[] _counts = [];
    private ProtobufMessage? _request;
    private int _points;
    private int _resourceBegin;
    private int _scopeBegin;
    private int _metricBegin;
    private int _dataBegin;

    // The one whose metric is open.
    private MetricFamily? _family;

    /// <summary>A family without samples is not sent.</summary>
    public void Begin(MetricFamily family) => CloseMetric();

    public void Sample(MetricFamily family, long value, params ReadOnlySpan<string> labels)
    {
        var (request, point) = OpenPoint(family);
        Times(request, family);
        request.Fixed(6, (ulong)value);
        Attributes(request, 7, family, labels);
        ClosePoint(request, point);
    }

    public void Sample(MetricFamily family, double value, params ReadOnlySpan<string> labels)
    {
        var (request, point) = OpenPoint(family);
        Times(request, family);
        request.Fixed(4, value);
        Attributes(request, 7, family, labels);
        ClosePoint(request, point);
    }

    public void Sample(MetricFamily family, LatencyHistogram histogram, params ReadOnlySpan<string> labels)
    {
        // As the page does: the sum is never ahead of the buckets, and the count is theirs.
        Prepare(histogram.Buckets);
        var sum = histogram.Sum;
        var all = histogram.CopyTo(_counts);
        var (request, point) = OpenPoint(family);
        Times(request, family);
        request.Fixed(4, (ulong)all);
        request.Fixed(5, sum.TotalSeconds);
        var counts = request.Open(6);
        foreach (var count in _counts)
        {
            request.Fixed((ulong)count);
        }

        request.Close(counts);
        var bounds = request.Open(7);
        foreach (var bound in _bounds)
        {
            request.Fixed(bound);
        }

        request.Close(bounds);
        for (var i = 0; i < _counts.Length; i++)
        {
            if (histogram.ExemplarOf(i) is { } exemplar)
            {
                Exemplar(request, exemplar);
            }
        }

        Attributes(request, 9, family, labels);
        ClosePoint(request, point);
    }

    private void Prepare(LatencyBuckets buckets)
    {
        if (!ReferenceEquals(buckets, _buckets))
        {
            _buckets = buckets;
            _bounds = [.. buckets.Ends.ToArray().Select(b => BitConverter.DoubleToUInt64Bits(b.TotalSeconds))];
            _counts = new long[buckets.Count];
        }
    }

    /// <exception cref="OperationCanceledException">The endpoint does not take what was sent, so that the rest need not be read.</exception>
    public async ValueTask FlushIfMuchAsync(CancellationToken cancellation)
    {
        while (_ready.TryDequeue(out var next))
        {
            if (!await send(next.Request, next.Points, cancellation).ConfigureAwait(false))
            {
                throw new OperationCanceledException("The endpoint does not take the metrics.");
            }
        }
    }

    /// <summary>Sends what is left.</summary>
    /// <inheritdoc cref="FlushIfMuchAsync"/>
    public ValueTask EndAsync(CancellationToken cancellation)
    {
        CloseRequest();
        return FlushIfMuchAsync(cancellation);
    }

    private static ulong Nanoseconds(DateTimeOffset moment) => (ulong)(moment - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private (ProtobufMessage Request, int Begin) OpenPoint(MetricFamily family)
    {
        var request = _request ??= OpenRequest();
        if (!ReferenceEquals(_family, family))
        {
            CloseMetric();
            OpenMetric(request, family);
        }

        return (request, request.Open(1));
    }

    private void ClosePoint(ProtobufMessage request, int begin)
    {
        request.Close(begin);
        _points++;
        if (request.Length >= RequestBytes)
        {
            CloseRequest();
        }
    }

    // A gauge is now; only what is summed up has a beginning.
    private void Times(ProtobufMessage request, MetricFamily family)
    {
        if (family.Type != MetricType.Gauge)
        {
            request.Fixed(2, _start);
        }

        request.Fixed(3, _time);
    }

    private static void Exemplar(ProtobufMessage request, LatencyExemplar exemplar)
    {
        var begin = request.Open(8);
        request.Fixed(2, Nanoseconds(exemplar.At));
        request.Fixed(3, Math.Max(0, exemplar.Elapsed.TotalSeconds));
        exemplar.SpanId.CopyTo(request.Bytes(4, 8));
        exemplar.TraceId.CopyTo(request.Bytes(5, 16));
        request.Close(begin);
    }

    private static void Attributes(ProtobufMessage request, int field, MetricFamily family, ReadOnlySpan<string> values)
    {
        if (values.Length != family.Labels.Length)
        {
            throw new ArgumentException($"{family.Name} has {family.Labels.Length} labels, not {values.Length}.", nameof(values));
        }

        for (var i = 0; i < values.Length; i++)
        {
            Attribute(request, field, family.Labels[i], values[i]);
        }
    }

    private static void Attribute(ProtobufMessage request, int field, string name, string text)
    {
        var pair = request.Open(field);
        request.Text(1, name);
        var value = request.Open(2);
        request.Text(1, text);
        request.Close(value);
        request.Close(pair);
    }

    private ProtobufMessage OpenRequest()
    {
        var request = new ProtobufMessage();
        _resourceBegin = request.Open(1);
        var attributes = request.Open(1);
        foreach (var (name, value) in resource)
        {
            Attribute(request, 1, name, value);
        }

        request.Close(attributes);
        _scopeBegin = request.Open(2);
        var scope = request.Open(1);
        request.Text(1, "FlyMQ");
        request.Text(2, ProductVersion.Text);
        request.Close(scope);
        return request;
    }

    private void OpenMetric(ProtobufMessage request, MetricFamily family)
    {
        _family = family;
        _metricBegin = request.Open(2);
        request.Text(1, family.Name);
        request.Text(2, family.Help);
        request.Text(3, family.Unit ?? "");
        _dataBegin = request.Open(family.Type switch
        {
            MetricType.Gauge => 5,
            MetricType.Counter => 7,
            _ => 9,
        });
    }

    private void CloseMetric()
    {
        if (_family is null || _request is null)
        {
            return;
        }

        if (_family.Type != MetricType.Gauge)
        {
            _request.Whole(2, Cumulative);
        }

        if (_family.Type == MetricType.Counter)
        {
            const ulong isMonotonic = 1;
            _request.Whole(3, isMonotonic);
        }

        _request.Close(_dataBegin);
        _request.Close(_metricBegin);
        _family = null;
    }

    private void CloseRequest()
    {
        CloseMetric();
        if (_request is null)
        {
            return;
        }

        _request.Close(_scopeBegin);
        _request.Close(_resourceBegin);
        _ready.Enqueue((_request.Written, _points));
        (_request, _points) = (null, 0);
    }
}

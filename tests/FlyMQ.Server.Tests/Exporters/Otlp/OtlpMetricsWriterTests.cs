using System.Diagnostics;
using FlyMQ.Compatibility.Metrics;
using FlyMQ.Server.Exporters.Otlp.Metrics;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;

namespace FlyMQ.Server.Tests.Exporters.Otlp;

public sealed class OtlpMetricsWriterTests
{
    private static readonly MetricFamily Size = new("flymq_topic_bytes_total", MetricType.Gauge, "Bytes", "topic", "partition");
    private static readonly MetricFamily Messages = new("flymq_messages_total", MetricType.Counter, "Messages", "topic");
    private static readonly MetricFamily Uptime = new("flymq_uptime_seconds", MetricType.Gauge, "Uptime");
    private static readonly MetricFamily Latency = new("flymq_latency_seconds", MetricType.Histogram, "Latency", "topic");
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    private readonly List<(byte[] Bytes, int Points)> _requests = [];
    private bool _takes = true;

    [Fact]
    public async Task Gauges_counters_and_histograms_are_OTLPs_own_with_name_unit_labels_and_times()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(40));
        var trace = ActivityTraceId.CreateRandom();
        histogram.Record(TimeSpan.FromMilliseconds(2), new LatencyExemplar(trace, ActivitySpanId.CreateRandom(), TimeSpan.FromMilliseconds(2), Start));
        histogram.Record(TimeSpan.FromSeconds(20));
        var writer = Writer();
        writer.One(Uptime, 1.5);
        writer.Begin(Messages);
        writer.Sample(Messages, 12, "orders");
        writer.Sample(Messages, long.MaxValue, "é😀");
        writer.Begin(Size);
        writer.Begin(Latency);
        writer.Sample(Latency, histogram, "orders");
        await writer.EndAsync(CancellationToken.None);

        var (bytes, counted) = Assert.Single(_requests);
        var (points, resource) = ReceivedPoint.Parse(bytes);
        Assert.Equal(4, counted);
        Assert.Equal(["service.instance.id=node-1", "service.name=flymq"], resource.Select(a => $"{a.Key}={a.Value}"));
        Assert.Equal(
            ["flymq_uptime_seconds gauge s 1.5 ", "flymq_messages_total sum  12 orders", "flymq_messages_total sum  9.223372036854776E+18 é😀", "flymq_latency_seconds histogram s 20.00204 orders"],
            points.Select(p => FormattableString.Invariant($"{p.Name} {p.Kind} {p.Unit} {p.Value} {string.Join(',', p.Labels.Values)}")));
        const ulong started = 1_795_680_000_000_000_000;
        Assert.All(points, p => Assert.Equal(started + 60_000_000_000, p.At));
        Assert.All(points, p => Assert.Equal(p.Kind == "gauge" ? 0 : started, p.StartedAt));
        Assert.Equal(trace.ToHexString(), Assert.Single(points[^1].Traces));
        var buckets = points[^1].Samples().ToDictionary(s => s.Sample, s => s.Value);
        Assert.Equal(1, buckets["flymq_latency_seconds_bucket{le=5e-05,topic=orders}"]);
        Assert.Equal(1, buckets["flymq_latency_seconds_bucket{le=0.001,topic=orders}"]);
        Assert.Equal(2, buckets["flymq_latency_seconds_bucket{le=0.0025,topic=orders}"]);
        Assert.Equal(3, buckets["flymq_latency_seconds_bucket{le=+Inf,topic=orders}"]);
    }

    // More than OpenTelemetry's SDK takes of one instrument (2,000), and more than collectors take in one request (4 MiB).
    [Theory]
    [InlineData(3_000)]
    [InlineData(100_000)]
    public async Task Every_series_of_a_family_arrives_once_in_requests_that_collectors_take(int partitions)
    {
        var writer = Writer();
        writer.Begin(Size);
        for (var i = 0; i < partitions; i++)
        {
            writer.Sample(Size, i, "a-topic-with-a-name-that-is-rather-long", PartitionLabels.Of(i));
            if (i % 1000 == 0)
            {
                await writer.FlushIfMuchAsync(CancellationToken.None);
            }
        }

        writer.One(Uptime, 1.5);
        await writer.EndAsync(CancellationToken.None);
        Assert.All(_requests, r => Assert.InRange(r.Bytes.Length, 1, 4 << 20));
        Assert.True(partitions < 10_000 ? _requests.Count == 1 : _requests.Count > 2);
        var points = _requests.SelectMany(r => ReceivedPoint.Parse(r.Bytes).Points).ToList();
        Assert.Equal(_requests.Sum(r => r.Points), points.Count);
        Assert.Equal("flymq_uptime_seconds", points[^1].Name);
        Assert.Equal(Enumerable.Range(0, partitions).Select(i => (double)i), points[..^1].Select(p => p.Value));
        Assert.Equal(partitions, points[..^1].Select(p => p.Labels["partition"]).Distinct().Count());
        Assert.All(_requests, r => Assert.Equal("flymq", ReceivedPoint.Parse(r.Bytes).Resource["service.name"]));
    }

    [Fact]
    public async Task The_walk_ends_when_the_endpoint_takes_no_more()
    {
        _takes = false;
        var writer = Writer();
        writer.One(Uptime, 1.5);
        await writer.FlushIfMuchAsync(CancellationToken.None);
        Assert.Empty(_requests);
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.EndAsync(CancellationToken.None).AsTask());
        Assert.Single(_requests);
    }

    [Fact]
    public async Task Nothing_is_sent_of_nothing()
    {
        var writer = Writer();
        writer.Begin(Messages);
        await writer.EndAsync(CancellationToken.None);
        Assert.Empty(_requests);
    }

    private OtlpMetricsWriter Writer() => new(
        new SortedDictionary<string, string> { ["service.name"] = "flymq", ["service.instance.id"] = "node-1" },
        Start,
        Start.AddMinutes(1),
        (request, points, _) =>
        {
            _requests.Add((request.ToArray(), points));
            return Task.FromResult(_takes);
        });
}

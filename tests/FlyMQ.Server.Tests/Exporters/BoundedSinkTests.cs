using System.IO.Pipelines;
using System.Text;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;

namespace FlyMQ.Server.Tests.Exporters;

public sealed class BoundedSinkTests
{
    private static readonly MetricFamily Sizes = new("sizes", MetricType.Gauge, "Sizes", "topic");
    private static readonly MetricFamily Latency = new("latency_seconds", MetricType.Histogram, "Latency", "topic");
    private static readonly MetricFamily Uptime = new("uptime", MetricType.Gauge, "Uptime");

    [Fact]
    public async Task Series_beyond_the_bound_are_left_out_and_counted_and_the_brokers_own_are_not()
    {
        var count = new SeriesCount(max: 10);
        var pipe = new Pipe();
        var writer = new ExpositionWriter(pipe.Writer, ExpositionFormat.Text);
        var sink = new BoundedSink(writer, count);
        sink.Begin(Sizes);
        for (var i = 0; i < 8; i++)
        {
            sink.Sample(Sizes, i, PartitionLabels.Of(i));
        }

        // Two buckets, one more, sum and count: that would be thirteen.
        var histogram = new LatencyHistogram(new LatencyBuckets(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
        sink.Sample(Latency, histogram, "whole or not at all");
        sink.Sample(Sizes, 0.5, "ninth");
        sink.Sample(Sizes, 0.5, "tenth");
        sink.Sample(Sizes, 0.5, "eleventh");
        sink.One(Uptime, 1.5);
        await writer.EndAsync(TestContext.Current.CancellationToken);
        await pipe.Writer.CompleteAsync();

        var page = Encoding.UTF8.GetString((await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer.FirstSpan);
        Assert.Equal(11, page.Split('\n').Count(l => l.Length > 0 && !l.StartsWith('#')));
        Assert.Contains("tenth", page, StringComparison.Ordinal);
        Assert.DoesNotContain("eleventh", page, StringComparison.Ordinal);
        Assert.DoesNotContain("latency", page, StringComparison.Ordinal);
        Assert.Contains("uptime 1.5", page, StringComparison.Ordinal);
        Assert.Equal((11, 6), (count.Shown, count.LeftOut));
    }
}

using System.IO.Pipelines;
using System.Text;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;

namespace FlyMQ.Server.Tests.Exporters;

public sealed class ExpositionWriterTests
{
    private static readonly MetricFamily Requests = new("requests_total", MetricType.Counter, "A \"backslash\" \\ and\na line", "path", "code");
    private static readonly MetricFamily Size = new("things_total", MetricType.Gauge, "Things");
    private static readonly MetricFamily Latency = new("latency_seconds", MetricType.Histogram, "Latency", "topic");

    [Fact]
    public async Task Text_escapes_backslashes_and_lines_everywhere_and_quotes_in_labels_alone()
    {
        var page = await WriteAsync(ExpositionFormat.Text, w =>
        {
            w.Begin(Requests);
            w.Sample(Requests, 7, "a\"b\\c\nd", "é😀");
            w.Sample(Requests, long.MaxValue, "", "200");
        });
        Assert.Equal(
            """
            # HELP requests_total A "backslash" \\ and\na line
            # TYPE requests_total counter
            requests_total{path="a\"b\\c\nd",code="é😀"} 7
            requests_total{path="",code="200"} 9223372036854775807

            """.ReplaceLineEndings("\n"),
            page);
    }

    [Fact]
    public async Task OpenMetrics_names_a_counters_family_without_its_suffix_and_ends_with_EOF()
    {
        var page = await WriteAsync(ExpositionFormat.OpenMetrics, w =>
        {
            w.Begin(Requests);
            w.Sample(Requests, 7, "x", "y");
            w.Begin(Size);
            w.Sample(Size, 0.25);
        });
        // A gauge keeps a name that ends like a counter's: no counter is called things.
        Assert.Equal(
            """
            # HELP requests A \"backslash\" \\ and\na line
            # TYPE requests counter
            requests_total{path="x",code="y"} 7
            # HELP things_total Things
            # TYPE things_total gauge
            things_total 0.25
            # EOF

            """.ReplaceLineEndings("\n"),
            page);
    }

    [Theory]
    [InlineData(ExpositionFormat.Text, "1", "10")]
    [InlineData(ExpositionFormat.OpenMetrics, "1.0", "10.0")]
    internal async Task A_histograms_buckets_hold_those_before_them(ExpositionFormat format, string one, string ten)
    {
        var histogram = new LatencyHistogram();
        foreach (var milliseconds in new[] { 0.05, 0.06, 300, 20_000 })
        {
            histogram.Record(TimeSpan.FromMilliseconds(milliseconds));
        }

        var lines = (await WriteAsync(format, w =>
        {
            w.Begin(Latency);
            w.Sample(Latency, histogram, "t");
        })).Split('\n');
        Assert.Equal("# TYPE latency_seconds histogram", lines[1]);
        Assert.Equal("latency_seconds_bucket{topic=\"t\",le=\"5e-05\"} 1", lines[2]);
        Assert.Equal("latency_seconds_bucket{topic=\"t\",le=\"0.0001\"} 2", lines[3]);
        Assert.Contains($"latency_seconds_bucket{{topic=\"t\",le=\"{one}\"}} 3", lines);
        Assert.Contains($"latency_seconds_bucket{{topic=\"t\",le=\"{ten}\"}} 3", lines);
        Assert.Contains("latency_seconds_bucket{topic=\"t\",le=\"+Inf\"} 4", lines);
        Assert.Contains("latency_seconds_sum{topic=\"t\"} 20.30011", lines);
        Assert.Contains("latency_seconds_count{topic=\"t\"} 4", lines);
    }

    [Fact]
    public async Task A_page_may_have_histograms_of_several_sets_of_buckets()
    {
        var coarse = new LatencyHistogram(new LatencyBuckets(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(60)));
        coarse.Record(TimeSpan.FromMilliseconds(1));
        coarse.Record(TimeSpan.FromSeconds(2));
        var fine = new LatencyHistogram();
        var lines = (await WriteAsync(ExpositionFormat.Text, w =>
        {
            w.Sample(Latency, fine, "fine");
            w.Sample(Latency, coarse, "coarse");
            w.Sample(Latency, fine, "again");
        })).Split('\n').Where(l => l.Contains("_bucket", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            ["latency_seconds_bucket{topic=\"coarse\",le=\"0.001\"} 1", "latency_seconds_bucket{topic=\"coarse\",le=\"60\"} 2", "latency_seconds_bucket{topic=\"coarse\",le=\"+Inf\"} 2"],
            lines.Where(l => l.Contains("coarse", StringComparison.Ordinal)));
        Assert.Equal(LatencyBuckets.Default.Count, lines.Count(l => l.Contains("again", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0.000001, "1e-06")]
    [InlineData(0.00005, "5e-05")]
    [InlineData(0.000025, "2.5e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(2.5, "2.5")]
    [InlineData(10, "10")]
    public void Bucket_ends_are_written_as_Go_writes_them(double value, string expected) => Assert.Equal(expected, ExpositionWriter.GoNumber(value, wholeAsFloat: false));

    [Fact]
    public async Task A_wrong_number_of_labels_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(ExpositionFormat.Text, w => w.Sample(Requests, 1, "only one")));

    [Fact]
    public async Task A_large_page_and_a_long_label_come_out_whole()
    {
        var label = string.Concat(Enumerable.Repeat("0123456789é\"\\😀", 5000));
        var page = await WriteAsync(ExpositionFormat.Text, w =>
        {
            for (var i = 0; i < 50; i++)
            {
                w.Sample(Requests, i, label, "x");
            }
        });
        var escaped = label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        Assert.Equal(string.Concat(Enumerable.Range(0, 50).Select(i => $"requests_total{{path=\"{escaped}\",code=\"x\"}} {i}\n")), page);
    }

    [Fact]
    public async Task A_sample_allocates_nothing()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writer = new ExpositionWriter(pipe.Writer, ExpositionFormat.Text);
        var histogram = new LatencyHistogram();
        writer.Sample(Latency, histogram, "warm");
        writer.Sample(Requests, 1, "warm", PartitionLabels.Of(1));
        writer.Sample(Size, 0.5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        writer.Sample(Latency, histogram, "topic");
        writer.Sample(Requests, 123, "topic", PartitionLabels.Of(17));
        writer.Sample(Size, 0.125);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        await pipe.Writer.CompleteAsync();
    }

    [Fact]
    public async Task Who_is_gone_is_noticed_when_the_page_is_flushed()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        var writer = new ExpositionWriter(pipe.Writer, ExpositionFormat.Text);
        writer.Sample(Size, 1);
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.EndAsync(TestContext.Current.CancellationToken).AsTask());
    }

    private static async Task<string> WriteAsync(ExpositionFormat format, Action<ExpositionWriter> write)
    {
        using var page = new MemoryStream();
        var pipe = PipeWriter.Create(page, new StreamPipeWriterOptions(leaveOpen: true));
        var writer = new ExpositionWriter(pipe, format);
        write(writer);
        await writer.EndAsync(CancellationToken.None);
        await pipe.CompleteAsync();
        return Encoding.UTF8.GetString(page.ToArray());
    }
}

using FlyMQ.Server.Exporters.Otlp.Metrics;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Exporters.Otlp;

/// <summary>What the sending does when it cannot; that it sends is tested with the real process.</summary>
public sealed class OtlpMetricsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // As where a shard of groups hangs.
    [Fact]
    public async Task Metrics_that_cannot_be_read_in_time_are_given_up_and_tried_again_and_told_of_once()
    {
        var counts = new MetricExportCounts();
        var log = new LogLines();
        var options = new OtlpMetricsOptions { IntervalMs = 100 };
        options = options with { Connection = options.Connection with { TimeoutMs = 150 } };
        await using (var metrics = new OtlpMetrics(options, new Dictionary<string, string>(), counts, TimeProvider.System, log))
        {
            metrics.Start((_, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
            Assert.True(SpinWait.SpinUntil(() => counts.Failed >= 3, Patience));
        }

        Assert.Contains("within 150 ms", Assert.Single(log.All.Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_rejected_was_not_taken()
    {
        var counts = new MetricExportCounts();
        counts.Sent(10, rejected: 3);
        counts.Sent(5, rejected: 99);
        Assert.Equal((7, 8), (counts.Points, counts.Rejected));
    }
}

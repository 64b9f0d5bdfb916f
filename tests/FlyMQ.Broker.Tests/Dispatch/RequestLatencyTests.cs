using FlyMQ.Broker.Dispatch;
using FlyMQ.Storage;

namespace FlyMQ.Broker.Tests.Dispatch;

public sealed class RequestLatencyTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(100)]
    public void Every_histogram_is_told_once(int count)
    {
        var histograms = Enumerable.Range(0, count).Select(_ => new LatencyHistogram()).ToList();
        var latency = new RequestLatency();
        foreach (var histogram in histograms.Concat(histograms))
        {
            latency.Add(histogram);
        }

        latency.Record(TimeSpan.FromSeconds(5));
        // Told is told: nothing is left for a second time.
        latency.Record(TimeSpan.FromSeconds(5));
        Assert.All(histograms, h =>
        {
            Assert.Equal(1, h.CopyTo(new long[LatencyHistogram.UpperBounds.Length + 1]));
            Assert.Equal(TimeSpan.FromSeconds(5), h.Sum);
        });
    }

    [Fact]
    public void A_request_about_nothing_tells_nobody() => new RequestLatency().Record(TimeSpan.FromSeconds(1));

    [Fact]
    public void A_request_about_one_topic_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        Measure(histogram);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(histogram);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Measure(LatencyHistogram histogram)
    {
        var latency = default(RequestLatency);
        latency.Add(histogram);
        latency.Add(histogram);
        latency.Record(TimeSpan.FromMilliseconds(1));
    }
}

using System.Diagnostics;
using CsCheck;
using FlyMQ.Storage;

namespace FlyMQ.Server.Tests.Exporters;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void A_bucket_shows_the_last_one_of_it_that_is_part_of_a_trace()
    {
        var histogram = new LatencyHistogram();
        Assert.Null(histogram.ExemplarOf(0));
        var (first, last, other) = (Of(10), Of(20), Of(1_000_000));
        foreach (var exemplar in new[] { first, other, last })
        {
            histogram.Record(exemplar.Elapsed, exemplar);
        }

        histogram.Record(TimeSpan.FromMicroseconds(30));
        Assert.Same(last, histogram.ExemplarOf(0));
        Assert.Null(histogram.ExemplarOf(1));
        Assert.Same(other, histogram.ExemplarOf(LatencyBuckets.Default.Ends.IndexOf(TimeSpan.FromSeconds(1))));

        static LatencyExemplar Of(int microseconds) =>
            new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), TimeSpan.FromMicroseconds(microseconds), DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void The_buckets_go_from_50_microseconds_to_10_seconds()
    {
        var bounds = LatencyBuckets.Default.Ends.ToArray();
        Assert.Equal(TimeSpan.FromMicroseconds(50), bounds[0]);
        Assert.Equal(TimeSpan.FromSeconds(10), bounds[^1]);
        Assert.Equal(bounds.Order(), bounds);
        Assert.Distinct(bounds);
    }

    [Fact]
    public void Every_time_is_in_the_first_bucket_that_reaches_it_and_in_the_sum()
    {
        var bounds = LatencyBuckets.Default.Ends.ToArray();
        // From a tick to a hundred seconds, in all magnitudes, and the ends themselves.
        var anyTime = Gen.OneOf(Gen.Double[0, 9].Select(e => TimeSpan.FromTicks((long)Math.Pow(10, e))), Gen.Int[0, bounds.Length - 1].Select(i => bounds[i]));
        anyTime.List[0, 200].Sample(times =>
        {
            var histogram = new LatencyHistogram();
            times.ForEach(histogram.Record);
            var counts = new long[bounds.Length + 1];
            Assert.Equal(times.Count, histogram.CopyTo(counts));
            Assert.Equal(times.Aggregate(TimeSpan.Zero, (a, b) => a + b), histogram.Sum);
            for (var i = 0; i < bounds.Length; i++)
            {
                Assert.Equal(times.Count(t => t <= bounds[i]), counts[..(i + 1)].Sum());
            }
        });
    }

    [Fact]
    public void A_time_below_zero_counts_as_none()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromSeconds(-1));
        var counts = new long[LatencyBuckets.Default.Count];
        Assert.Equal(1, histogram.CopyTo(counts));
        Assert.Equal(1, counts[0]);
        Assert.Equal(TimeSpan.Zero, histogram.Sum);
    }

    [Fact]
    public void Nothing_is_lost_when_many_record_and_nothing_is_allocated()
    {
        var histogram = new LatencyHistogram();
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                histogram.Record(TimeSpan.FromMicroseconds((double)i));
            }
        });
        Assert.Equal(200_000, histogram.CopyTo(new long[LatencyBuckets.Default.Count]));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            histogram.Record(TimeSpan.FromTicks(i));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

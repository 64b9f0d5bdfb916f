namespace FlyMQ.Storage;

/// <summary>
/// How long something took, counted in fixed buckets from 50 µs to 10 s. Recording is two interlocked additions and allocates nothing; any number of threads may
/// record while another reads. Here because storage is the lowest layer that measures; the layers above use it too.
/// </summary>
public sealed class LatencyHistogram
{
    private static readonly TimeSpan[] Limits =
    [
        .. new[] { 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000 }
            .Select(microseconds => TimeSpan.FromMicroseconds((double)microseconds)),
    ];

    // The last one is for what is above the last limit.
    private readonly long[] _counts = new long[Limits.Length + 1];
    private LatencyExemplar?[]? _exemplars;
    private long _sumTicks;

    /// <summary>The upper ends of the buckets, included in them; behind them is one more, without an end.</summary>
    public static ReadOnlySpan<TimeSpan> UpperBounds => Limits;

    /// <summary>The sum of everything recorded. Taken apart from the buckets: while others record, it may be a moment ahead or behind.</summary>
    public TimeSpan Sum => new(Interlocked.Read(ref _sumTicks));

    /// <summary>A time below zero, which clocks that are set make, counts as zero.</summary>
    public void Record(TimeSpan elapsed) => Record(elapsed, exemplar: null);

    /// <inheritdoc cref="Record(TimeSpan)"/>
    /// <param name="exemplar">What its bucket shows from now on, when it is part of a trace; until the first one there is no room for any.</param>
    public void Record(TimeSpan elapsed, LatencyExemplar? exemplar)
    {
        var ticks = Math.Max(0, elapsed.Ticks);
        var bucket = BucketOf(ticks);
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _sumTicks, ticks);
        if (exemplar is not null)
        {
            var exemplars = Volatile.Read(ref _exemplars) ?? Interlocked.CompareExchange(ref _exemplars, new LatencyExemplar?[_counts.Length], null) ?? _exemplars;
            Volatile.Write(ref exemplars[bucket], exemplar);
        }
    }

    /// <summary>The last one of a bucket that is part of a trace; null when there was none.</summary>
    public LatencyExemplar? ExemplarOf(int bucket) => Volatile.Read(ref _exemplars) is { } exemplars ? Volatile.Read(ref exemplars[bucket]) : null;

    /// <summary>Copies what each bucket alone has counted: <see cref="UpperBounds"/> and one more.</summary>
    /// <returns>How many were recorded: the sum of what was copied.</returns>
    public long CopyTo(Span<long> counts)
    {
        var all = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            counts[i] = Interlocked.Read(ref _counts[i]);
            all += counts[i];
        }

        return all;
    }

    private static int BucketOf(long ticks)
    {
        var bucket = 0;
        while (bucket < Limits.Length && ticks > Limits[bucket].Ticks)
        {
            bucket++;
        }

        return bucket;
    }
}

namespace FlyMQ.Storage;

/// <summary>
/// How long something took, counted in fixed buckets. Recording is two interlocked additions and allocates nothing; any number of threads may record while
/// another reads. Here because storage is the lowest layer that measures; the layers above use it too.
/// </summary>
/// <param name="buckets">Without any: <see cref="LatencyBuckets.Default"/>.</param>
public sealed class LatencyHistogram(LatencyBuckets? buckets = null)
{
    private readonly long[] _counts = new long[(buckets ?? LatencyBuckets.Default).Count];
    private LatencyExemplar?[]? _exemplars;
    private long _sumTicks;

    public LatencyBuckets Buckets { get; } = buckets ?? LatencyBuckets.Default;

    /// <summary>The sum of everything recorded. Taken apart from the buckets: while others record, it may be a moment ahead or behind.</summary>
    public TimeSpan Sum => new(Interlocked.Read(ref _sumTicks));

    /// <summary>A time below zero, which clocks that are set make, counts as zero.</summary>
    public void Record(TimeSpan elapsed) => Record(elapsed, exemplar: null);

    /// <inheritdoc cref="Record(TimeSpan)"/>
    /// <param name="exemplar">What its bucket shows from now on, when it is part of a trace; until the first one there is no room for any.</param>
    public void Record(TimeSpan elapsed, LatencyExemplar? exemplar)
    {
        var ticks = Math.Max(0, elapsed.Ticks);
        var bucket = Buckets.Of(ticks);
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

    /// <summary>Copies what each bucket alone has counted: as many as <see cref="LatencyBuckets.Count"/> says.</summary>
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
}

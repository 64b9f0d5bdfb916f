namespace FlyMQ.Storage;

/// <summary>The upper ends of a histogram's buckets, included in them; behind them is one more, without an end. Chosen once, at composition.</summary>
public sealed class LatencyBuckets : IEquatable<LatencyBuckets>
{
    private readonly TimeSpan[] _ends;

    /// <param name="ends">Ascending, none twice.</param>
    public LatencyBuckets(params IEnumerable<TimeSpan> ends)
    {
        _ends = [.. ends];
        for (var i = 1; i < _ends.Length; i++)
        {
            if (_ends[i] <= _ends[i - 1])
            {
                throw new ArgumentException($"Bucket ends ascend; {_ends[i]} comes after {_ends[i - 1]}.", nameof(ends));
            }
        }
    }

    /// <summary>From 50 µs to 10 s.</summary>
    public static LatencyBuckets Default { get; } = new(
        new[] { 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000 }
            .Select(microseconds => TimeSpan.FromMicroseconds((double)microseconds)));

    public ReadOnlySpan<TimeSpan> Ends => _ends;

    /// <summary>How many numbers a histogram has: one for each end, and one for what is above the last.</summary>
    public int Count => _ends.Length + 1;

    public bool Equals(LatencyBuckets? other) => other is not null && Ends.SequenceEqual(other.Ends);

    public override bool Equals(object? obj) => Equals(obj as LatencyBuckets);

    public override int GetHashCode() => HashCode.Combine(_ends.Length, _ends.LastOrDefault());

    internal int Of(long ticks)
    {
        var bucket = 0;
        while (bucket < _ends.Length && ticks > _ends[bucket].Ticks)
        {
            bucket++;
        }

        return bucket;
    }
}

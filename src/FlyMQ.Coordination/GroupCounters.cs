namespace FlyMQ.Coordination;

/// <summary>What is counted of a group, or of several together. Counted by the shards' owners, read by anybody.</summary>
public sealed class GroupCounters
{
    private readonly long[] _begun = new long[Enum.GetValues<RebalanceReason>().Length];
    private long _rebalances;
    private long _rebalanceMs;

    /// <summary>Generations whose members got their assignments.</summary>
    public long Rebalances => Interlocked.Read(ref _rebalances);

    /// <summary>How long those took together, in milliseconds.</summary>
    public long RebalanceMs => Interlocked.Read(ref _rebalanceMs);

    /// <summary>Rebalances that were begun for a reason, completed or not.</summary>
    public long Begun(RebalanceReason reason) => Interlocked.Read(ref _begun[(int)reason]);

    internal void Began(RebalanceReason reason) => Interlocked.Increment(ref _begun[(int)reason]);

    internal void Completed(long durationMs)
    {
        Interlocked.Increment(ref _rebalances);
        Interlocked.Add(ref _rebalanceMs, durationMs);
    }
}

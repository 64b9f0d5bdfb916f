namespace FlyMQ.Server.Health;

/// <summary>What the writes to the data folder tell.</summary>
/// <param name="LatencyMs">Of the last one that ended well; null before.</param>
/// <param name="PendingMs">How long the one under way has taken so far; 0 when there is none.</param>
/// <param name="Error">Why the last one failed; null when it did not.</param>
/// <param name="Full">It failed for want of room.</param>
internal sealed record ProbeFacts(long? LatencyMs, long PendingMs, string? Error, bool Full)
{
    public static readonly ProbeFacts None = new(null, 0, null, Full: false);
}

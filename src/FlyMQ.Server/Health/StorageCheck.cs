namespace FlyMQ.Server.Health;

internal sealed class StorageCheck(Problem? problem, long? latencyMs) : HealthCheck(problem)
{
    /// <summary>Of the last write to the data folder that was flushed; null before the first.</summary>
    public long? LatencyMs => latencyMs;
}

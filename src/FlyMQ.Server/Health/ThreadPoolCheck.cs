namespace FlyMQ.Server.Health;

internal sealed class ThreadPoolCheck(Problem? problem, PoolFacts pool) : HealthCheck(problem)
{
    /// <summary>Items that wait for a thread.</summary>
    public long Queued => pool.Queued;

    public int Threads => pool.Threads;
}

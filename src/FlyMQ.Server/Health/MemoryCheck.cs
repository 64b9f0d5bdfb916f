namespace FlyMQ.Server.Health;

internal sealed class MemoryCheck(Problem? problem, long usedMb, long limitMb) : HealthCheck(problem)
{
    /// <summary>Resident memory, in MiB.</summary>
    public long UsedMb => usedMb;

    public long LimitMb => limitMb;
}

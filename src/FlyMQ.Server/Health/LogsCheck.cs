namespace FlyMQ.Server.Health;

internal sealed class LogsCheck(Problem? problem, int fenced) : HealthCheck(problem)
{
    /// <summary>Partition logs that take no more writes.</summary>
    public int Fenced => fenced;
}

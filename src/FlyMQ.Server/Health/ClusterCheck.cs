namespace FlyMQ.Server.Health;

internal sealed class ClusterCheck(Problem? problem, string? leader) : HealthCheck(problem)
{
    /// <summary><c>node-1</c>; null while there is none.</summary>
    public string? Leader => leader;
}

namespace FlyMQ.Server.Health;

internal sealed class ConnectionsCheck(Problem? problem, int open, int limit) : HealthCheck(problem)
{
    public int Open => open;

    public int Limit => limit;
}

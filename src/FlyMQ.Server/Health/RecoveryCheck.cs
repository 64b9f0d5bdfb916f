namespace FlyMQ.Server.Health;

internal sealed class RecoveryCheck(Problem? problem, int? percent) : HealthCheck(problem)
{
    /// <summary>Of the journal that is replayed; null where it is not known.</summary>
    public int? Percent => percent;
}

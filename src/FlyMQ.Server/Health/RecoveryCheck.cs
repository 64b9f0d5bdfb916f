namespace FlyMQ.Server.Health;

internal sealed class RecoveryCheck(Problem? problem, int? percent, long? secondsLeft) : HealthCheck(problem)
{
    /// <summary>Of the journal that is replayed; null where it is not known.</summary>
    public int? Percent => percent;

    /// <summary>Until it is, at the speed so far; null where that is not known.</summary>
    public long? SecondsLeft => secondsLeft;
}

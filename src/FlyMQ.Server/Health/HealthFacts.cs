namespace FlyMQ.Server.Health;

/// <summary>Everything the verdict is made of, at one moment. Immutable: the monitor publishes it, the endpoint's threads read it.</summary>
internal sealed record HealthFacts
{
    public HealthPhase Phase { get; init; }

    /// <summary>With <see cref="HealthPhase.Failed"/>: why.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Logs are being opened; the part that is replayed is <see cref="RecoveryPercent"/> where that is known.</summary>
    public bool Recovering { get; init; }

    public int? RecoveryPercent { get; init; }

    /// <summary>Seconds until the journal is replayed, rounded up; null where that is not known.</summary>
    public long? RecoverySecondsLeft { get; init; }

    /// <summary>The last ones known; null before the broker serves.</summary>
    public ServingFacts? Serving { get; init; }

    public Stalls Stalls { get; init; }

    public PoolFacts Pool { get; init; }

    public ProbeFacts Probe { get; init; } = ProbeFacts.None;

    public long UsedMb { get; init; }

    public long LimitMb { get; init; }

    public TimeSpan Uptime { get; init; }

    public string Version { get; init; } = "";
}

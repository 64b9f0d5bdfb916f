namespace FlyMQ.Broker.Telemetry;

/// <summary>What happened to clients' metrics since the start. Counted under the lock of <see cref="ClientTelemetry"/>.</summary>
public sealed record TelemetryCounters
{
    /// <summary>Pushes that were taken.</summary>
    public long Pushes { get; internal set; }

    /// <summary>Their bytes as they were sent, so mostly compressed.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Clients that were forgotten while they were alive, for there were too many.</summary>
    public long Evicted { get; internal set; }

    /// <summary>Requests that came before their time.</summary>
    public long Throttled { get; internal set; }

    /// <summary>Pushes for subscriptions that have changed since.</summary>
    public long UnknownSubscription { get; internal set; }

    public long UnsupportedCompression { get; internal set; }

    public long TooLarge { get; internal set; }

    /// <summary>Pushes whose bytes were not what they should be.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Pushes without an instance id, or of a client that had said that it ends.</summary>
    public long InvalidRequest { get; internal set; }

    /// <summary>Points of metrics that no subscription asks for.</summary>
    public long PointsUnasked { get; internal set; }

    public long PointsRepeated { get; internal set; }

    /// <summary>Points past the limit of one client.</summary>
    public long PointsPastClientLimit { get; internal set; }

    /// <summary>Points past the limit of all clients together.</summary>
    public long PointsPastLimit { get; internal set; }
}

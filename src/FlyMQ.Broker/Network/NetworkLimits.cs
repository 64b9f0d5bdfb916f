namespace FlyMQ.Broker.Network;

/// <summary>What connections may take (configuration section <c>network</c>).</summary>
public sealed record NetworkLimits
{
    public int SocketRequestMaxBytes { get; init; } = 104_857_600;

    public int MaxConnections { get; init; } = int.MaxValue;

    public int MaxConnectionsPerIp { get; init; } = int.MaxValue;

    /// <summary>As many connections as the process' limit of open files leaves room for.</summary>
    public int HandlesForConnections { get; init; } = int.MaxValue;

    /// <summary>The most connections there may be, for whichever reason.</summary>
    public int MostConnections => Math.Min(MaxConnections, HandlesForConnections);

    /// <summary>−1: never.</summary>
    public long ConnectionsMaxIdleMs { get; init; } = 600_000;

    public long RequestMemoryBytes { get; init; } = 256L << 20;

    public int MaxInFlightRequests { get; init; } = 100;
}

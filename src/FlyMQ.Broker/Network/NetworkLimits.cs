namespace FlyMQ.Broker.Network;

/// <summary>What connections may take (configuration section <c>network</c>).</summary>
public sealed record NetworkLimits
{
    public int SocketRequestMaxBytes { get; init; } = 104_857_600;

    public int MaxConnections { get; init; } = int.MaxValue;

    public int MaxConnectionsPerIp { get; init; } = int.MaxValue;

    /// <summary>−1: never.</summary>
    public long ConnectionsMaxIdleMs { get; init; } = 600_000;

    public long RequestMemoryBytes { get; init; } = 256L << 20;

    public int MaxInFlightRequests { get; init; } = 100;
}

namespace FlyMQ.Broker.Network;

/// <summary>What clients' connections and requests take of what they may take, at one moment; refusals since the start.</summary>
public readonly record struct NetworkLoad
{
    public int ConnectionsLimit { get; init; }

    /// <summary>Refused for <c>network.max_connections</c>.</summary>
    public long RefusedByLimit { get; init; }

    /// <summary>Refused for <c>network.max_connections_per_ip</c>.</summary>
    public long RefusedByAddress { get; init; }

    /// <summary>Started and not answered yet.</summary>
    public int RequestsInFlight { get; init; }

    /// <summary>Large ones that wait for request memory; their connections are not read from meanwhile.</summary>
    public int RequestsWaiting { get; init; }

    /// <summary>Of requests of more than 64 KiB, from before the rest of one is read until it is started.</summary>
    public long RequestMemoryBytes { get; init; }

    public long RequestMemoryLimitBytes { get; init; }
}

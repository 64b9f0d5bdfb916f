using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What connections may take.</summary>
public sealed record NetworkOptions
{
    public int SocketRequestMaxBytes { get; init; } = NetworkKeys.SocketRequestMaxBytes.Default;

    public int MaxConnections { get; init; } = NetworkKeys.MaxConnections.Default;

    public int MaxConnectionsPerIp { get; init; } = NetworkKeys.MaxConnectionsPerIp.Default;

    /// <summary>−1: never.</summary>
    public long ConnectionsMaxIdleMs { get; init; } = NetworkKeys.ConnectionsMaxIdleMs.Default;

    public long RequestMemoryBytes { get; init; } = NetworkKeys.RequestMemoryBytes.Default;

    public int MaxInFlightRequests { get; init; } = NetworkKeys.MaxInFlightRequests.Default;

    internal static NetworkOptions From(OptionValues values) => new()
    {
        SocketRequestMaxBytes = values.Get(NetworkKeys.SocketRequestMaxBytes),
        MaxConnections = values.Get(NetworkKeys.MaxConnections),
        MaxConnectionsPerIp = values.Get(NetworkKeys.MaxConnectionsPerIp),
        ConnectionsMaxIdleMs = values.Get(NetworkKeys.ConnectionsMaxIdleMs),
        RequestMemoryBytes = values.Get(NetworkKeys.RequestMemoryBytes),
        MaxInFlightRequests = values.Get(NetworkKeys.MaxInFlightRequests),
    };
}

internal static class NetworkKeys
{
    public static readonly OptionSection Section = new("network", "What connections may take.");

    public static readonly OptionKey<int> SocketRequestMaxBytes = Section.Key(
        "socket_request_max_bytes", Whole(1024), 104_857_600, "The largest request; a larger one closes its connection.", "socket.request.max.bytes");

    public static readonly OptionKey<int> MaxConnections = Section.Key(
        "max_connections", Whole(0), int.MaxValue, "The most connections of clients at one time. Also not more than about half of the files that the process may open (LimitNOFILE of systemd, ulimit -n).", "max.connections", dynamic: true);

    public static readonly OptionKey<int> MaxConnectionsPerIp = Section.Key(
        "max_connections_per_ip", Whole(0), int.MaxValue, "The most connections from one address at one time.", "max.connections.per.ip", dynamic: true);

    public static readonly OptionKey<long> ConnectionsMaxIdleMs = Section.Key(
        "connections_max_idle_ms", LongOr(-1, "for never", 1), 600_000, "A connection without a request for so long is closed.", "connections.max.idle.ms");

    public static readonly OptionKey<long> RequestMemoryBytes = Section.Key(
        "request_memory_bytes", Long(1024 * 1024), 256L * 1024 * 1024,
        "The most memory that requests in flight may take, of all connections together; past it connections are not read from. At least "
        + "socket_request_max_bytes.", "queued.max.request.bytes");

    public static readonly OptionKey<int> MaxInFlightRequests = Section.Key(
        "max_in_flight_requests", Whole(1, 100_000), 100, "The most requests of one connection that may wait for their answer; past it the connection is not read from.");
}

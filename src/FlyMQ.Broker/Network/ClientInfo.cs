using System.Net;

namespace FlyMQ.Broker.Network;

/// <summary>Who is at the other end of a connection. Names and versions are what ApiVersions told (KIP-511), unknown before.</summary>
public sealed class ClientInfo(long connectionId, string listener, IPEndPoint remote)
{
    public long ConnectionId { get; } = connectionId;

    /// <summary>The name of the listener the client came in by; it is answered with addresses of that listener.</summary>
    public string Listener { get; } = listener;

    public IPEndPoint Remote { get; } = remote;

    /// <summary>As Kafka writes hosts of group members: a slash before the address.</summary>
    public string Host { get; } = "/" + (remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address);

    public string SoftwareName { get; set; } = "unknown";

    public string SoftwareVersion { get; set; } = "unknown";

    /// <summary>Of the last request; for log lines.</summary>
    public string? ClientId { get; set; }
}

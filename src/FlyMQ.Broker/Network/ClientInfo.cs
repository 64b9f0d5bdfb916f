using System.Net;

namespace FlyMQ.Broker.Network;

/// <summary>Who is at the other end of a connection. Names and versions are what ApiVersions told (KIP-511), unknown before.</summary>
public sealed class ClientInfo(long connectionId, string listener, IPEndPoint remote)
{
    /// <summary>KIP-511 does not say how long a name may be, and this is kept for each connection and for requests that were slow.</summary>
    internal const int MostOfSoftware = 128;

    public long ConnectionId { get; } = connectionId;

    /// <summary>The name of the listener the client came in by; it is answered with addresses of that listener.</summary>
    public string Listener { get; } = listener;

    public IPEndPoint Remote { get; } = remote;

    /// <summary>As Kafka writes hosts of group members: a slash before the address.</summary>
    public string Host { get; } = "/" + (remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address);

    /// <summary>At most <see cref="MostOfSoftware"/> characters of it.</summary>
    public string SoftwareName { get; set => field = Kept(value); } = "unknown";

    /// <inheritdoc cref="SoftwareName"/>
    public string SoftwareVersion { get; set => field = Kept(value); } = "unknown";

    /// <summary>Of the last request; for log lines.</summary>
    public string? ClientId { get; set; }

    private static string Kept(string told) => told.Length > MostOfSoftware ? told[..MostOfSoftware] : told;
}

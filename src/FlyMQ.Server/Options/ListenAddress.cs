using System.Globalization;
using System.Net;

namespace FlyMQ.Server.Options;

/// <summary>Where a listener binds.</summary>
/// <param name="Host">An IP address; <c>localhost</c> for 127.0.0.1 and ::1; <c>*</c> for every address.</param>
/// <param name="Port">0 takes any free port.</param>
public sealed record ListenAddress(string Host, int Port)
{
    internal const string AcceptedForms = "IP:port, [IPv6]:port, localhost:port (127.0.0.1 and ::1) or *:port (every address), port 0 to 65535 (0: any free one)";

    /// <summary>
    /// Every address to bind, the first one required. Of <c>localhost</c> ::1 may be missing on this machine; <c>*</c> is :: in dual mode,
    /// or 0.0.0.0 where there is no IPv6.
    /// </summary>
    public IReadOnlyList<IPAddress> Addresses => Host switch
    {
        "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        "*" => [IPAddress.IPv6Any],
        _ => [IPAddress.Parse(Host)],
    };

    public bool IsLoopback => Addresses.All(IPAddress.IsLoopback);

    /// <summary>Binds every address of the machine, so that it says nothing about where clients find it.</summary>
    public bool IsEveryAddress => IsMeta(Host);

    public static bool TryParse(string text, out ListenAddress address)
    {
        address = new ListenAddress("localhost", 0);
        if (!HostPort.TrySplit(text, out var host, out var port) || port is null || (host is not ("localhost" or "*") && !IPAddress.TryParse(host, out _)))
        {
            return false;
        }

        address = new ListenAddress(host, port.Value);
        return true;
    }

    public override string ToString() => HostPort.Join(Host, Port);

    internal static bool IsMeta(string host) => host == "*" || (IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
}

/// <summary>What clients of a listener are told to connect to.</summary>
/// <param name="Port">Null for the port that the listener got.</param>
public sealed record AdvertisedAddress(string Host, int? Port)
{
    internal const string AcceptedForms = "host:port or host (the listener's own port), an address that clients can reach, not 0.0.0.0 or ::";

    public static bool TryParse(string text, out AdvertisedAddress address)
    {
        address = new AdvertisedAddress("localhost", null);
        if (!HostPort.TrySplit(text, out var host, out var port) || port == 0 || ListenAddress.IsMeta(host) || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        address = new AdvertisedAddress(host, port);
        return true;
    }

    public override string ToString() => Port is { } port ? HostPort.Join(Host, port) : Host;
}

internal static class HostPort
{
    /// <summary>Splits <c>host</c>, <c>host:port</c>, <c>[v6]</c> and <c>[v6]:port</c>; the host without brackets.</summary>
    public static bool TrySplit(string text, out string host, out int? port)
    {
        port = null;
        string rest;
        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            (host, rest) = (text[1..end], text[(end + 1)..]);
            if (!host.Contains(':', StringComparison.Ordinal))
            {
                return false;
            }
        }
        else
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            // More than one colon is an IPv6 address without brackets: where its port begins cannot be told.
            if (colon >= 0 && text.IndexOf(':', colon + 1) >= 0)
            {
                host = text;
                return false;
            }

            (host, rest) = colon < 0 ? (text, "") : (text[..colon], text[colon..]);
        }

        if (rest.Length > 0)
        {
            if (rest[0] != ':' || !ushort.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            port = number;
        }

        return host.Length > 0;
    }

    public static string Join(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{Bracketed(host)}:{port}");

    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
}

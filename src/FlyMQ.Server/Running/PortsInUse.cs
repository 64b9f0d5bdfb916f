using System.Net;
using System.Net.Sockets;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Running;

/// <summary>Turns "address already in use" into which port of which listener.</summary>
internal static class PortsInUse
{
    /// <summary>Null when <paramref name="error"/> is about something else.</summary>
    public static string? Explain(Exception error, BrokerOptions options)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || e.GetType().Name == "AddressInUseException")
            {
                var taken = Listeners(options).Where(l => l.Address.Port != 0 && l.Address.Addresses.Any(ip => IsTaken(ip, l.Address.Port))).ToList();
                return taken.Count == 0
                    ? $"A port is in use by another process: {error.Message}"
                    : string.Join(" ", taken.Select(l => $"Port {l.Address.Port} ({l.Key}) is in use by another process: stop it, or choose another port with --{l.Flag}."));
            }
        }

        return null;
    }

    private static IEnumerable<(string Key, string Flag, ListenAddress Address)> Listeners(BrokerOptions options) =>
        options.Listeners.Select(l => ($"the listener {l.Name}, {l.Address}", BrokerKeys.Listeners.Name, l.Address))
            .Append((MetadataKeys.Listen.Name, MetadataKeys.Listen.Name, options.Metadata.Listen))
            .Concat(options.Health.Enabled ? [(HealthKeys.Listen.Name, HealthKeys.Listen.Name, options.Health.Listen)] : []);

    private static bool IsTaken(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return false;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.AddressAlreadyInUse;
        }
    }
}

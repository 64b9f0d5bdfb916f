using System.Net.Sockets;
using System.Text;

namespace FlyMQ.Server.Running;

/// <summary>Tells the service manager how the broker is (sd_notify: one datagram to the socket that NOTIFY_SOCKET names). Without one it does nothing.</summary>
/// <param name="address">A path, or an abstract name that begins with '@'.</param>
internal sealed class ServiceNotifier(string? address, ServerEvents events)
{
    public const string Variable = "NOTIFY_SOCKET";

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (string.IsNullOrEmpty(address))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            events.NotNotified(state, error.Message);
        }
    }
}

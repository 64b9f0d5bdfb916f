using System.Net;
using System.Net.Sockets;

namespace FlyMQ.Compatibility.Brokers;

/// <summary>
/// Hands out ports that nobody listens on. They lie below the range the kernel gives to outgoing connections, so that a broker which
/// is restarted finds its port still free.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int Count = 12_000;
    private static readonly Lock Gate = new();
    private static int _next = Environment.ProcessId * 61 % Count;

    /// <summary>The first of <paramref name="count"/> free ports in a row.</summary>
    public static int Take(int count)
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < Count; attempt++)
            {
                var port = First + _next;
                _next = (_next + count) % (Count - count);
                if (Enumerable.Range(port, count).All(IsFree))
                {
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"no {count} free ports in a row between {First} and {First + Count}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlyMQ.Server.Tests.Health;

/// <summary>A client with blocking sockets: what it sends is exactly what it is told.</summary>
internal static class Ask
{
    public static Answer Get(IPEndPoint server, string path, string method = "GET") => Send(server, $"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    /// <summary>Sends bytes and reads until the server closes.</summary>
    public static Answer Send(IPEndPoint server, string bytes, bool end = false)
    {
        using var socket = Connect(server);
        socket.Send(Encoding.Latin1.GetBytes(bytes));
        if (end)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        return Answer.Parse(ReadToEnd(socket));
    }

    public static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
        socket.Connect(server);
        return socket;
    }

    public static string ReadToEnd(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (socket.Receive(buffer) is > 0 and var read)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}

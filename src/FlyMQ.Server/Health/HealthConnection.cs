using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FlyMQ.Server.Health;

/// <summary>One request on one connection, with blocking calls on a thread of its own, within a bounded time and memory.</summary>
internal sealed class HealthConnection(Socket socket, HealthSources sources, int timeoutMs, TimeProvider time)
{
    public const int MostBytes = 8192;

    private const int MostIgnoredBytes = 128 * 1024;

    private readonly long _beganAt = Stopwatch.GetTimestamp();

    public void Serve()
    {
        try
        {
            socket.NoDelay = true;
            socket.SendTimeout = timeoutMs;
            var (answer, withBody, hasMore) = Receive();
            if (answer is not null)
            {
                Send(answer.ToBytes(withBody, time.GetUtcNow()));
                Linger(hasMore);
            }
        }
        catch (SocketException)
        {
            // Whoever asked is gone; who wants to know asks again.
        }
    }

    private (HttpAnswer? Answer, bool WithBody, bool HasMore) Receive()
    {
        var buffer = new byte[MostBytes];
        var length = 0;
        while (true)
        {
            if (Read(buffer.AsSpan(length)) is not { } read)
            {
                return (HttpAnswer.Text(408, "the request took too long"), true, true);
            }

            if (read == 0)
            {
                // Closed without a word, as a look whether the port is open does, needs no answer.
                return (length == 0 ? null : HttpAnswer.Text(400, "the request is not whole"), true, false);
            }

            length += read;
            if (HttpHead.EndOf(buffer.AsSpan(0, length)) is > 0 and var end)
            {
                return HttpHead.Parse(buffer.AsSpan(0, end)) is { } head
                    ? (HealthRoutes.Answer(head, sources, IsFromHere), head.Method != "HEAD", length > end)
                    : (HttpAnswer.Text(400, "the request is malformed"), true, true);
            }

            if (length == buffer.Length)
            {
                return (HttpAnswer.Text(400, "the request is too large"), true, true);
            }
        }
    }

    // Null when the time is over.
    private int? Read(Span<byte> buffer)
    {
        if (Remaining() is not (> 0 and var left))
        {
            return null;
        }

        try
        {
            socket.ReceiveTimeout = left;
            return socket.Receive(buffer);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return null;
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    // Closing over bytes that were not read resets the connection, and the answer would be lost with it.
    private void Linger(bool hasMore)
    {
        socket.Shutdown(SocketShutdown.Send);
        Span<byte> ignored = stackalloc byte[1024];
        for (var read = 0; hasMore && read < MostIgnoredBytes; )
        {
            if (Read(ignored) is not (> 0 and var more))
            {
                return;
            }

            read += more;
        }
    }

    private bool IsFromHere => socket.RemoteEndPoint is IPEndPoint { Address: var address }
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private int Remaining() => timeoutMs - (int)Stopwatch.GetElapsedTime(_beganAt).TotalMilliseconds;
}

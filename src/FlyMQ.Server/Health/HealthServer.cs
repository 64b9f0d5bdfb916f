using System.Net;
using System.Net.Sockets;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Health;

/// <summary>
/// The endpoint's sockets. It uses blocking calls and threads of its own, one to accept on each address and one for each connection, up to a bound: so it answers
/// also when the thread pool does not.
/// </summary>
internal sealed class HealthServer : IDisposable
{
    public const int MostConnections = 16;

    private const int Backlog = 64, StackBytes = 256 * 1024, RestAfterErrorMs = 100;

    private readonly HealthSources _sources;
    private readonly int _timeoutMs;
    private readonly TimeProvider _time;
    private readonly HealthEvents _events;
    private readonly List<Socket> _listeners = [];
    private int _connections;
    private volatile bool _ended;

    /// <exception cref="SocketException">The address is in use, or is not this machine's.</exception>
    public HealthServer(ListenAddress address, HealthSources sources, HealthEvents events, TimeProvider time, int timeoutMs = 5000)
    {
        _sources = sources;
        _events = events;
        _time = time;
        _timeoutMs = timeoutMs;
        try
        {
            Bind(address);
        }
        catch
        {
            Dispose();
            throw;
        }

        Bound = [.. _listeners.Select(l => (IPEndPoint)l.LocalEndPoint!)];
        _events.Listening(string.Join(", ", Bound));
        foreach (var listener in _listeners)
        {
            new Thread(() => Accept(listener), StackBytes) { Name = "flymq-health-accept", IsBackground = true }.Start();
        }
    }

    public IReadOnlyList<IPEndPoint> Bound { get; } = [];

    public void Dispose()
    {
        _ended = true;
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
    }

    private void Bind(ListenAddress address)
    {
        const int attempts = 20;
        for (var attempt = 1; ; attempt++)
        {
            var first = Listen(address.Addresses[0], address.Port);
            _listeners.Add(first);
            var port = ((IPEndPoint)first.LocalEndPoint!).Port;
            try
            {
                foreach (var other in address.Addresses.Skip(1))
                {
                    if (ListenIfThere(other, port) is { } listener)
                    {
                        _listeners.Add(listener);
                    }
                }

                return;
            }
            catch (SocketException error) when (address.Port == 0 && attempt < attempts && error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Both addresses of localhost get the same port; this one is taken on the other address.
                _listeners.ForEach(l => l.Dispose());
                _listeners.Clear();
            }
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        if (address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6)
        {
            address = IPAddress.Any;
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A machine without IPv6 has no ::1.
    private static Socket? ListenIfThere(IPAddress address, int port)
    {
        try
        {
            return Listen(address, port);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            return null;
        }
    }

    private void Accept(Socket listener)
    {
        while (!_ended)
        {
            try
            {
                Start(listener.Accept());
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                if (_ended)
                {
                    return;
                }

                // Out of file handles, most likely: whoever connects waits in the backlog.
                _events.CannotAccept(listener.LocalEndPoint?.ToString() ?? "", error.Message);
                Thread.Sleep(RestAfterErrorMs);
            }
        }
    }

    private void Start(Socket socket)
    {
        if (Interlocked.Increment(ref _connections) > MostConnections)
        {
            Interlocked.Decrement(ref _connections);
            socket.Dispose();
            return;
        }

        try
        {
            new Thread(() => Serve(socket), StackBytes) { Name = "flymq-health", IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            // No thread to be had: the one who asked takes it for a failure, which it is.
            Interlocked.Decrement(ref _connections);
            socket.Dispose();
        }
    }

    private void Serve(Socket socket)
    {
        try
        {
            using (socket)
            {
                new HealthConnection(socket, _sources, _timeoutMs, _time).Serve();
            }
        }
        catch (Exception error)
        {
            // On a thread of its own it would end the process; whoever asked sees a connection that closes.
            _events.AnswerFailed(error);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FlyMQ.Broker.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Network;

/// <summary>Where clients connect by one name.</summary>
/// <param name="Port">0 for any that is free.</param>
/// <param name="OptionalAddresses">Bound where the machine has them, such as ::1 beside 127.0.0.1.</param>
public sealed record ListenerBinding(string Name, IPAddress Address, IReadOnlyList<IPAddress> OptionalAddresses, int Port);

/// <summary>
/// The sockets that clients connect to, on Kestrel's connections alone: no HTTP. Accepts, counts, refuses past the limits, and drains at the end.
/// </summary>
internal sealed class ClientListeners : IAsyncDisposable
{
    private readonly RequestDispatcher _dispatcher;
    private readonly SlowRequests _slow;
    private readonly Func<NetworkLimits> _limits;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly NetworkEvents _events;
    private readonly RequestMemory _memory;
    private readonly BlockPool _blocks = new();
    private readonly ConcurrentDictionary<long, (ClientConnection Connection, Task Running)> _connections = new();
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _host;
    private long _lastConnectionId;
    private int _count;
    private long _refusedByLimit;
    private long _refusedByAddress;
    private volatile bool _draining;

    public ClientListeners(RequestDispatcher dispatcher, SlowRequests slow, Func<NetworkLimits> limits, TimeProvider time, ILoggerFactory loggers)
    {
        _dispatcher = dispatcher;
        _slow = slow;
        _limits = limits;
        _time = time;
        _loggers = loggers;
        _events = new NetworkEvents(loggers.CreateLogger("FlyMQ.Network"));
        _memory = new RequestMemory(limits().RequestMemoryBytes);
    }

    /// <summary>Connections that are open, those included that are about to be refused.</summary>
    public int ActiveConnections => Volatile.Read(ref _count);

    /// <summary>Connections that were served since the start.</summary>
    public long TotalConnections => Volatile.Read(ref _lastConnectionId);

    /// <summary>Connections that were refused because there were too many since the start: of all, and of one address.</summary>
    public (long MaxConnections, long MaxConnectionsPerIp) Refused => (Interlocked.Read(ref _refusedByLimit), Interlocked.Read(ref _refusedByAddress));

    /// <summary>What large requests hold and wait for.</summary>
    public RequestMemory Memory => _memory;

    /// <summary>Requests that are started and not answered yet, of all connections.</summary>
    public int InFlight
    {
        get
        {
            var all = 0;
            foreach (var (_, (connection, _)) in _connections)
            {
                all += connection.InFlight;
            }

            return all;
        }
    }

    /// <summary>Lets go of memory that is only kept for the next request.</summary>
    public void GiveBackMemory() => _blocks.Trim();

    /// <summary>The connections that are open, by what is at their other end; the most frequent first.</summary>
    public IReadOnlyList<ClientSoftware> Software() =>
    [
        .. _connections.Values.Select(c => c.Connection.Client).GroupBy(c => (c.SoftwareName, c.SoftwareVersion))
            .Select(g => new ClientSoftware(g.Key.SoftwareName, g.Key.SoftwareVersion, g.Count()))
            .OrderByDescending(s => s.Connections).ThenBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Version, StringComparer.Ordinal),
    ];

    /// <summary>Binds and begins to accept; who connects early waits for <see cref="Open"/>.</summary>
    /// <returns>The addresses of each listener, in its order.</returns>
    /// <exception cref="IOException">An address is in use or is not this machine's.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<IPEndPoint>>> StartAsync(IReadOnlyList<ListenerBinding> bindings, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.WebHost.UseKestrelCore();
        builder.Services.Replace(ServiceDescriptor.Singleton<IMemoryPoolFactory<byte>>(new BlockPoolFactory(_blocks)));
        builder.Services.Configure<SocketTransportOptions>(o =>
        {
            o.IOQueueCount = 1;
            o.UnsafePreferInlineScheduling = true;
            o.NoDelay = true;
            o.Backlog = 1024;
        });
        var bound = new List<(int Listener, ListenOptions Options)>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            for (var i = 0; i < bindings.Count; i++)
            {
                var binding = bindings[i];
                var port = binding.Port;
                var optional = binding.OptionalAddresses.Where(IsAvailable).ToList();
                // Both addresses of localhost get the same port, so that either way in is the advertised one.
                if (port == 0 && optional.Count > 0)
                {
                    port = FreePort(binding.Address, optional);
                }

                foreach (var address in optional.Prepend(binding.Address))
                {
                    var listener = i;
                    kestrel.Listen(address, port, listen =>
                    {
                        bound.Add((listener, listen));
                        listen.Run(connection => ServeAsync(connection, binding.Name));
                    });
                }
            }
        });
        _host = builder.Build();
        await _host.StartAsync(cancellation).ConfigureAwait(false);
        return [.. bindings.Select((_, i) => (IReadOnlyList<IPEndPoint>)[.. bound.Where(b => b.Listener == i).Select(b => b.Options.IPEndPoint!)])];
    }

    /// <summary>From now on requests are served.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>No request is started any more; those under way are answered. Cancellation abandons the wait.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        _draining = true;
        Open();
        foreach (var (connection, _) in _connections.Values)
        {
            connection.Drain();
        }

        await Task.WhenAll(_connections.Values.Select(c => c.Running)).WaitAsync(cancellation).ConfigureAwait(false);
        if (_host is not null)
        {
            await _host.StopAsync(cancellation).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(ConnectionContext context, string listener)
    {
        var remote = context.RemoteEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.None, 0);
        var limits = _limits();
        var ofAddress = _perAddress.AddOrUpdate(remote.Address, 1, static (_, n) => n + 1);
        var all = Interlocked.Increment(ref _count);
        try
        {
            await _open.Task.ConfigureAwait(false);
            if (all > limits.MostConnections || ofAddress > limits.MaxConnectionsPerIp)
            {
                Interlocked.Increment(ref all > limits.MostConnections ? ref _refusedByLimit : ref _refusedByAddress);
                _events.Refused(
                    remote,
                    all > limits.MaxConnections ? $"{limits.MaxConnections} connections are open (network.max_connections)."
                    : all > limits.HandlesForConnections ? $"{limits.HandlesForConnections} connections are open, for which the process' limit of open files has room (LimitNOFILE of systemd, ulimit -n)."
                    : $"{limits.MaxConnectionsPerIp} connections of this address are open (network.max_connections_per_ip).");
                context.Abort();
                return;
            }

            var client = new ClientInfo(Interlocked.Increment(ref _lastConnectionId), listener, remote);
            var connection = new ClientConnection(context, client, _dispatcher, limits, _memory, _slow, _events, _time);
            _events.Connected(client.ConnectionId, remote, listener);
            var running = new TaskCompletionSource();
            _connections[client.ConnectionId] = (connection, running.Task);
            if (_draining)
            {
                connection.Drain();
            }

            try
            {
                await connection.RunAsync().ConfigureAwait(false);
            }
            finally
            {
                _connections.TryRemove(client.ConnectionId, out _);
                running.SetResult();
                _events.Disconnected(client.ConnectionId, remote);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _count);
            if (_perAddress.AddOrUpdate(remote.Address, 0, static (_, n) => n - 1) <= 0)
            {
                _perAddress.TryRemove(KeyValuePair.Create(remote.Address, 0));
            }
        }
    }

    private static bool IsAvailable(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort(IPAddress address, List<IPAddress> others)
    {
        while (true)
        {
            using var first = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            first.Bind(new IPEndPoint(address, 0));
            var port = ((IPEndPoint)first.LocalEndPoint!).Port;
            if (others.TrueForAll(other => IsFree(other, port)))
            {
                return port;
            }
        }
    }

    private static bool IsFree(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

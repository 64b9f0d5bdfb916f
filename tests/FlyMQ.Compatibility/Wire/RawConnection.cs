using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FlyMQ.Compatibility.Wire;

/// <summary>A plain socket to the broker that sends and receives size-prefixed frames; it knows nothing of their content.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly NetworkStream _stream;

    private RawConnection(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _stream = new NetworkStream(_socket, ownsSocket: true);
    }

    public static Task<RawConnection> OpenAsync(int port, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Task.FromResult(new RawConnection(port));
    }

    /// <summary>Sends bytes as they are, the size prefix included.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel) => _stream.WriteAsync(frame, cancel);

    /// <summary>The next frame without its size prefix.</summary>
    /// <exception cref="EndOfStreamException">The broker closed the connection.</exception>
    public async Task<byte[]> ReceiveAsync(CancellationToken cancel)
    {
        var prefix = new byte[4];
        await _stream.ReadExactlyAsync(prefix, cancel);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        await _stream.ReadExactlyAsync(frame, cancel);
        return frame;
    }

    /// <summary>Whatever the broker sends until it closes the connection, or nothing more comes for <paramref name="quiet"/>.</summary>
    public async Task<bool> DrainAsync(TimeSpan quiet, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(quiet);
                if (await _stream.ReadAsync(buffer, limit.Token) == 0)
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => _stream.Dispose();
}

using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker.Tests.Running;

/// <summary>One connection that can ask anything at any version, and also send bytes that are no request at all.</summary>
internal sealed class Client : IAsyncDisposable
{
    public const string Id = "test-client";

    // A broker that does not answer is a failed test, not one that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private int _lastCorrelationId = 1000;

    private Client(NetworkStream stream) => _stream = stream;

    /// <param name="broker">Where.</param>
    /// <param name="from">The address to come from; any of 127.0.0.0/8 is this machine.</param>
    public static async Task<Client> ConnectAsync(IPEndPoint broker, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
        await socket.ConnectAsync(broker);
        return new Client(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>The broker ends a connection as soon as it is there.</summary>
    public static async Task IsRefusedAsync(IPEndPoint broker, IPAddress? from = null)
    {
        try
        {
            await using var client = await ConnectAsync(broker, from);
            await client.IsClosedAsync();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Ended before we heard that it was there.
        }
    }

    /// <summary>Sends, and reads the answer; without a version: the newest one.</summary>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(IRequestMessage<TRequest, TResponse> request, short? version = null)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        var chosen = version ?? TRequest.Api.StableVersions.Max;
        return await ReceiveAsync<TResponse>(await SendAsync(request, chosen), chosen);
    }

    /// <returns>The correlation id.</returns>
    public async Task<int> SendAsync<TRequest, TResponse>(IRequestMessage<TRequest, TResponse> request, short version)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        var (frame, correlationId) = Encode(request, version);
        await SendBytesAsync(frame);
        return correlationId;
    }

    /// <summary>A whole frame, to be sent together with others.</summary>
    public (byte[] Frame, int CorrelationId) Encode<TRequest, TResponse>(IRequestMessage<TRequest, TResponse> request, short version)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        var frame = new ArrayBufferWriter<byte>();
        Frame.WriteRequest(frame, version, ++_lastCorrelationId, Id, request);
        return (frame.WrittenSpan.ToArray(), _lastCorrelationId);
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    public async Task<TResponse> ReceiveAsync<TResponse>(int correlationId, short version)
        where TResponse : class, IResponseMessage<TResponse>
    {
        var response = Frame.ReadResponse<TResponse>(new ReadOnlySequence<byte>(await ReceiveFrameAsync()), version, out var answered);
        Assert.Equal(correlationId, answered);
        return response;
    }

    /// <summary>The next frame without its size.</summary>
    public async Task<byte[]> ReceiveFrameAsync()
    {
        var size = new byte[Frame.SizePrefix];
        await _stream.ReadExactlyAsync(size).AsTask().WaitAsync(Patience);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await _stream.ReadExactlyAsync(frame).AsTask().WaitAsync(Patience);
        return frame;
    }

    /// <summary>The broker ends the connection, without another byte.</summary>
    public async Task IsClosedAsync()
    {
        try
        {
            Assert.Equal(0, await _stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // Closed with bytes of ours unread, which is as good an end.
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}

using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using FlyMQ.Protocol.Messages;

namespace FlyMQ.Load;

/// <summary>A blocking connection to any Kafka broker. Frames that are sent again and again are encoded once; only their correlation id changes.</summary>
internal sealed class Connection : IDisposable
{
    private const int CorrelationIdPosition = 8;

    private readonly Socket _socket;
    private byte[] _received = new byte[1 << 20];

    public Connection(string bootstrap)
    {
        var colon = bootstrap.LastIndexOf(':');
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 1 << 20, SendBufferSize = 1 << 20 };
        _socket.Connect(bootstrap[..colon], int.Parse(bootstrap[(colon + 1)..], CultureInfo.InvariantCulture));
    }

    public static byte[] Encode<TRequest, TResponse>(IRequestMessage<TRequest, TResponse> request, short version)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        var frame = new ArrayBufferWriter<byte>();
        Frame.WriteRequest(frame, version, 0, "flymq-load", request);
        return frame.WrittenSpan.ToArray();
    }

    public TResponse Ask<TRequest, TResponse>(IRequestMessage<TRequest, TResponse> request, short version)
        where TRequest : class, IRequestMessage<TRequest, TResponse>
        where TResponse : class, IResponseMessage<TResponse>
    {
        Send(Encode(request, version), 0);
        return Frame.ReadResponse<TResponse>(new ReadOnlySequence<byte>(Receive()), version, out _);
    }

    public void Send(byte[] frame, int correlationId)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(CorrelationIdPosition), correlationId);
        for (var sent = 0; sent < frame.Length;)
        {
            sent += _socket.Send(frame.AsSpan(sent));
        }
    }

    /// <summary>The next frame without its size; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Receive()
    {
        Fill(Frame.SizePrefix);
        var size = BinaryPrimitives.ReadInt32BigEndian(_received);
        if (_received.Length < size)
        {
            _received = new byte[size];
        }

        Fill(size);
        return _received.AsMemory(0, size);
    }

    public void Dispose() => _socket.Dispose();

    private void Fill(int count)
    {
        for (var filled = 0; filled < count;)
        {
            var read = _socket.Receive(_received.AsSpan(filled, count - filled));
            filled += read > 0 ? read : throw new IOException("The broker closed the connection.");
        }
    }
}

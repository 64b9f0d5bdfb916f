using System.Buffers.Binary;
using System.Net;

namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>One message as gRPC carries it over HTTP/2: whether it is compressed, its length, itself.</summary>
internal sealed class GrpcFrame(ReadOnlyMemory<byte> message, bool compressed) : HttpContent
{
    private const int HeadBytes = 5;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var head = new byte[HeadBytes];
        head[0] = (byte)(compressed ? 1 : 0);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), message.Length);
        await stream.WriteAsync(head).ConfigureAwait(false);
        await stream.WriteAsync(message).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = HeadBytes + message.Length;
        return true;
    }
}

using System.IO.Compression;

namespace FlyMQ.Records.Compression;

internal static class GzipCodec
{
    // KIP-390: −1 is zlib's own default.
    private const int DefaultLevel = -1;
    private const int Step = 16 * 1024;

    internal static unsafe void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        if (source.IsEmpty)
        {
            throw new InvalidDataException("not a gzip member: no bytes");
        }

        fixed (byte* bytes = source)
        {
            using var compressed = new UnmanagedMemoryStream(bytes, source.Length);
            using var stream = new GZipStream(compressed, CompressionMode.Decompress);
            StreamCopy.ToEnd(stream, destination, Step);
        }
    }

    internal static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination, int? level)
    {
        var options = new ZLibCompressionOptions { CompressionLevel = Math.Clamp(level ?? DefaultLevel, DefaultLevel, 9) };
        using var sink = new PooledBufferStream(destination);
        using var stream = new GZipStream(sink, options, leaveOpen: true);
        stream.Write(source);
    }
}

using ZstdSharp;

namespace FlyMQ.Records.Compression;

internal static class ZstdCodec
{
    // KIP-390, and the library's own.
    private const int DefaultLevel = 3;
    private const int Step = 64 * 1024;

    internal static unsafe void Decompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        if (source.IsEmpty)
        {
            throw new InvalidDataException("not a zstd frame: no bytes");
        }

        // As a stream: the Java client's frames do not say how long their content is, and a frame that says so may lie.
        fixed (byte* bytes = source)
        {
            using var compressed = new UnmanagedMemoryStream(bytes, source.Length);
            using var stream = new DecompressionStream(compressed, checkEndOfStream: true);
            StreamCopy.ToEnd(stream, destination, Step);
        }
    }

    internal static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination, int? level)
    {
        using var compressor = new Compressor(Math.Clamp(level ?? DefaultLevel, Compressor.MinCompressionLevel, Compressor.MaxCompressionLevel));
        var target = destination.GetSpan(Compressor.GetCompressBound(source.Length));
        destination.Advance(compressor.Wrap(source, target));
    }
}

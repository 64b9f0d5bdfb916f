using System.Buffers.Binary;
using Snappier;

namespace FlyMQ.Records.Compression;

/// <summary>
/// Snappy has no container of its own. The Java client writes the one of xerial's library (a 16-byte header, then blocks each headed by
/// its length); librdkafka and others send one raw block. Both are read, the first is written.
/// </summary>
internal static class SnappyCodec
{
    private const int HeaderSize = 16;
    // What the Java client uses.
    private const int BlockSize = 32 * 1024;

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    internal static bool TryDecompress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        if (source.Length < HeaderSize || !source.StartsWith(Magic))
        {
            return TryDecompressBlock(source, destination);
        }

        source = source[HeaderSize..];
        while (!source.IsEmpty)
        {
            // A concatenation of streams is a stream: xerial's reader skips a header between blocks.
            if (source.Length >= HeaderSize && source.StartsWith(Magic))
            {
                source = source[HeaderSize..];
                continue;
            }

            if (source.Length < sizeof(int))
            {
                return false;
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(source);
            source = source[sizeof(int)..];
            if (length < 0 || length > source.Length || !TryDecompressBlock(source[..length], destination))
            {
                return false;
            }

            source = source[length..];
        }

        return true;
    }

    internal static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        var header = destination.GetSpan(HeaderSize);
        Magic.CopyTo(header);
        // Version and the oldest version that can read it.
        BinaryPrimitives.WriteInt32BigEndian(header[8..], 1);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], 1);
        destination.Advance(HeaderSize);
        while (!source.IsEmpty)
        {
            var block = source[..Math.Min(source.Length, BlockSize)];
            var target = destination.GetSpan(sizeof(int) + Snappy.GetMaxCompressedLength(block.Length));
            var written = Snappy.Compress(block, target[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(target, written);
            destination.Advance(sizeof(int) + written);
            source = source[block.Length..];
        }
    }

    private static bool TryDecompressBlock(ReadOnlySpan<byte> block, PooledBuffer destination)
    {
        if (block.IsEmpty)
        {
            return false;
        }

        // The length is the block's own claim: it is checked against the bound before anything is reserved for it.
        var length = Snappy.GetUncompressedLength(block);
        if (length < 0)
        {
            return false;
        }

        destination.EnsureRoomFor(length);
        if (!Snappy.TryDecompress(block, destination.GetSpan(length), out var written) || written != length)
        {
            return false;
        }

        destination.Advance(written);
        return true;
    }
}

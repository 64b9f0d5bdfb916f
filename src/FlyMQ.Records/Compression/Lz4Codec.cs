using System.Buffers.Binary;
using System.IO.Hashing;
using K4os.Compression.LZ4;

namespace FlyMQ.Records.Compression;

/// <summary>
/// The LZ4 frame format (1.6). Written here rather than taken from a stream class because the output is bounded, goes straight to a pooled
/// buffer, and old Kafka clients need a header checksum ignored. Content and block checksums are verified; dictionaries are not supported.
/// </summary>
internal static class Lz4Codec
{
    private const uint Magic = 0x184D2204;
    private const int UncompressedBlock = unchecked((int)0x8000_0000);
    private const int Window = 64 * 1024;
    // What the Java client writes: independent blocks of 64 KiB, no checksums but the header's.
    private const byte WrittenFlags = 0x60, WrittenBlockDescriptor = 0x40;
    private const int WrittenBlockSize = 64 * 1024;
    // KIP-390: the default level stands for the fast compressor.
    private const int DefaultLevel = 9;

    internal static bool TryDecompress(ReadOnlySpan<byte> source, PooledBuffer destination, Lz4HeaderChecksum headerChecksum)
    {
        if (!TryReadHeader(ref source, headerChecksum, out var frame))
        {
            return false;
        }

        var start = destination.Length;
        while (TryReadInt(ref source, out var blockSize))
        {
            if (blockSize == 0)
            {
                return !frame.HasContentChecksum
                    || (TryReadInt(ref source, out var checksum) && (uint)checksum == XxHash32.HashToUInt32(destination.WrittenSpan[start..]));
            }

            var isCompressed = (blockSize & UncompressedBlock) == 0;
            blockSize &= int.MaxValue;
            if (blockSize > frame.BlockMaxSize || blockSize > source.Length)
            {
                return false;
            }

            var block = source[..blockSize];
            source = source[blockSize..];
            if (frame.HasBlockChecksums && (!TryReadInt(ref source, out var expected) || (uint)expected != XxHash32.HashToUInt32(block)))
            {
                return false;
            }

            if (!isCompressed)
            {
                destination.Write(block);
            }
            else if (!TryDecompressBlock(block, destination, start, frame))
            {
                return false;
            }
        }

        return false;
    }

    internal static void Compress(ReadOnlySpan<byte> source, PooledBuffer destination, int? level)
    {
        var header = destination.GetSpan(7);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = WrittenFlags;
        header[5] = WrittenBlockDescriptor;
        header[6] = HeaderChecksum(header.Slice(4, 2));
        destination.Advance(7);
        var compressor = level is null or DefaultLevel ? LZ4Level.L00_FAST : (LZ4Level)Math.Clamp(level.Value, (int)LZ4Level.L03_HC, (int)LZ4Level.L12_MAX);
        while (!source.IsEmpty)
        {
            var block = source[..Math.Min(source.Length, WrittenBlockSize)];
            var target = destination.GetSpan(sizeof(int) + LZ4Codec.MaximumOutputSize(block.Length));
            var written = LZ4Codec.Encode(block, target[sizeof(int)..], compressor);
            if (written <= 0 || written >= block.Length)
            {
                BinaryPrimitives.WriteInt32LittleEndian(target, block.Length | UncompressedBlock);
                block.CopyTo(target[sizeof(int)..]);
                written = block.Length;
            }
            else
            {
                BinaryPrimitives.WriteInt32LittleEndian(target, written);
            }

            destination.Advance(sizeof(int) + written);
            source = source[block.Length..];
        }

        BinaryPrimitives.WriteInt32LittleEndian(destination.GetSpan(sizeof(int)), 0);
        destination.Advance(sizeof(int));
    }

    private static bool TryDecompressBlock(ReadOnlySpan<byte> block, PooledBuffer destination, int frameStart, in Frame frame)
    {
        // Reserve first: the dictionary is part of the same buffer, and growing would move it.
        var target = destination.GetSpan(frame.BlockMaxSize)[..frame.BlockMaxSize];
        var decoded = destination.WrittenSpan[frameStart..];
        var dictionary = frame.HasIndependentBlocks ? default : decoded[Math.Max(0, decoded.Length - Window)..];
        var written = LZ4Codec.Decode(block, target, dictionary);
        if (written < 0)
        {
            return false;
        }

        destination.Advance(written);
        return true;
    }

    private static bool TryReadHeader(ref ReadOnlySpan<byte> source, Lz4HeaderChecksum headerChecksum, out Frame frame)
    {
        frame = default;
        if (source.Length < 7 || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        var flags = source[4];
        var blockSizeCode = (source[5] >> 4) & 0x7;
        var hasDictionary = (flags & 0x01) != 0;
        if (flags >> 6 != 1 || hasDictionary || blockSizeCode < 4)
        {
            return false;
        }

        var descriptorSize = (flags & 0x08) != 0 ? 2 + sizeof(long) : 2;
        if (source.Length < 4 + descriptorSize + 1)
        {
            return false;
        }

        var checksum = source[4 + descriptorSize];
        if (headerChecksum == Lz4HeaderChecksum.Verified && checksum != HeaderChecksum(source.Slice(4, descriptorSize)))
        {
            return false;
        }

        frame = new Frame
        {
            HasIndependentBlocks = (flags & 0x20) != 0,
            HasBlockChecksums = (flags & 0x10) != 0,
            HasContentChecksum = (flags & 0x04) != 0,
            BlockMaxSize = 1 << (8 + (2 * blockSizeCode)),
        };
        source = source[(4 + descriptorSize + 1)..];
        return true;
    }

    private static byte HeaderChecksum(ReadOnlySpan<byte> descriptor) => (byte)(XxHash32.HashToUInt32(descriptor) >> 8);

    private static bool TryReadInt(ref ReadOnlySpan<byte> source, out int value)
    {
        if (!BinaryPrimitives.TryReadInt32LittleEndian(source, out value))
        {
            return false;
        }

        source = source[sizeof(int)..];
        return true;
    }

    private readonly record struct Frame
    {
        internal required bool HasIndependentBlocks { get; init; }
        internal required bool HasBlockChecksums { get; init; }
        internal required bool HasContentChecksum { get; init; }
        internal required int BlockMaxSize { get; init; }
    }
}

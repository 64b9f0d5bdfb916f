using FlyMQ.Records.Compression;

namespace FlyMQ.Records;

/// <summary>
/// The five codecs of a batch's attributes. Decompression is bounded: bytes come from strangers, and 1 KiB of them may stand for a
/// gigabyte. Pure functions over spans; the buffers come from the shared pool.
/// </summary>
public static class RecordCompression
{
    /// <summary>Appends the decompressed bytes to <paramref name="destination"/>, whose limit is the bound.</summary>
    /// <returns><see cref="RecordBatchFault.None"/>, or why not; the buffer's contents are then meaningless.</returns>
    public static RecordBatchFault TryDecompress(CompressionType codec, ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        try
        {
            switch (codec)
            {
                case CompressionType.None:
                    destination.Write(source);
                    return RecordBatchFault.None;
                case CompressionType.Gzip:
                    GzipCodec.Decompress(source, destination);
                    return RecordBatchFault.None;
                case CompressionType.Snappy:
                    return SnappyCodec.TryDecompress(source, destination) ? RecordBatchFault.None : RecordBatchFault.CorruptCompression;
                case CompressionType.Lz4:
                    return Lz4Codec.TryDecompress(source, destination, Lz4HeaderChecksum.Verified) ? RecordBatchFault.None : RecordBatchFault.CorruptCompression;
                case CompressionType.Zstd:
                    ZstdCodec.Decompress(source, destination);
                    return RecordBatchFault.None;
                default:
                    return RecordBatchFault.UnknownCompression;
            }
        }
        catch (BufferLimitException)
        {
            return RecordBatchFault.DecompressionLimitExceeded;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            return RecordBatchFault.CorruptCompression;
        }
    }

    /// <summary>Appends the compressed bytes to <paramref name="destination"/>, framed as the Java client frames them.</summary>
    /// <param name="codec">Any, <see cref="CompressionType.None"/> included.</param>
    /// <param name="level">As in <c>compression.gzip.level</c>, <c>.lz4.level</c>, <c>.zstd.level</c> (KIP-390); null for the codec's default.</param>
    /// <param name="source">Uncompressed bytes.</param>
    /// <param name="destination">Where to.</param>
    public static void Compress(CompressionType codec, int? level, ReadOnlySpan<byte> source, PooledBuffer destination)
    {
        switch (codec)
        {
            case CompressionType.None:
                destination.Write(source);
                break;
            case CompressionType.Gzip:
                GzipCodec.Compress(source, destination, level);
                break;
            case CompressionType.Snappy:
                SnappyCodec.Compress(source, destination);
                break;
            case CompressionType.Lz4:
                Lz4Codec.Compress(source, destination, level);
                break;
            case CompressionType.Zstd:
                ZstdCodec.Compress(source, destination, level);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(codec), codec, "Not a codec of record batches.");
        }
    }
}

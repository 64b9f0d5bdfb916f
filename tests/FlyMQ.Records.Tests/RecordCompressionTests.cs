using System.IO.Hashing;
using System.Text;
using CsCheck;
using K4os.Compression.LZ4.Encoders;
using K4os.Compression.LZ4.Streams;

namespace FlyMQ.Records.Tests;

public class RecordCompressionTests
{
    public static TheoryData<CompressionType, int?> Levels
    {
        get
        {
            var data = new TheoryData<CompressionType, int?>();
            foreach (var codec in Enum.GetValues<CompressionType>())
            {
                foreach (var level in (int?[])[null, -1, 1, 9, 17])
                {
                    data.Add(codec, level);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Every_codec_reads_what_it_wrote_at_every_level(CompressionType codec, int? level)
        => Gen.Select(Gen.Byte.Array[1, 1000], Gen.Int[1, 200]).Sample((unit, times) =>
        {
            var bytes = Enumerable.Repeat(unit, times).SelectMany(b => b).ToArray();
            using var compressed = new PooledBuffer();
            RecordCompression.Compress(codec, level, bytes, compressed);
            return Decompress(codec, compressed.WrittenSpan, bytes.Length).AsSpan().SequenceEqual(bytes);
        }, iter: 25);

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void A_bomb_ends_at_the_bound(CompressionType codec)
    {
        const int limit = 100_000;
        using var compressed = new PooledBuffer();
        RecordCompression.Compress(codec, null, new byte[64 << 20], compressed);
        using var destination = new PooledBuffer(limit);
        Assert.Equal(RecordBatchFault.DecompressionLimitExceeded, RecordCompression.TryDecompress(codec, compressed.WrittenSpan, destination));
        Assert.True(destination.Length <= limit);
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Changed_and_cut_bytes_are_a_fault_or_other_bytes_never_an_exception(CompressionType codec)
        => Gen.Select(Gen.Byte.Array[1, 3000], Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Bool).Sample((bytes, at, value, cut) =>
        {
            using var compressed = new PooledBuffer();
            RecordCompression.Compress(codec, null, [.. bytes, .. bytes], compressed);
            var changed = compressed.WrittenSpan.ToArray();
            changed[at % changed.Length] = value;
            using var destination = new PooledBuffer(1 << 20);
            var fault = RecordCompression.TryDecompress(codec, cut ? changed.AsSpan(0, at % changed.Length) : changed, destination);
            return fault is RecordBatchFault.None or RecordBatchFault.CorruptCompression or RecordBatchFault.DecompressionLimitExceeded;
        }, iter: 1500);

    // The format description's own example of a copy, and a literal: 11 bytes "Wikipedia" style.
    [Fact]
    public void Raw_snappy_is_read_as_well_as_xerial_framing()
    {
        byte[] raw = [0x05, 0x10, (byte)'h', (byte)'e', (byte)'l', (byte)'l', (byte)'o'];
        Assert.Equal("hello", Encoding.ASCII.GetString(Decompress(CompressionType.Snappy, raw, 100)));
        byte[] header = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1];
        byte[] framed = [.. header, 0, 0, 0, (byte)raw.Length, .. raw, 0, 0, 0, (byte)raw.Length, .. raw];
        Assert.Equal("hellohello", Encoding.ASCII.GetString(Decompress(CompressionType.Snappy, framed, 100)));
        using var written = new PooledBuffer();
        RecordCompression.Compress(CompressionType.Snappy, null, "hello"u8, written);
        Assert.Equal((byte[])[.. header, 0, 0, 0, (byte)raw.Length, .. raw], written.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    public void Lz4_frames_of_another_writer_are_read(bool chaining, bool contentChecksum, bool blockChecksum)
    {
        var bytes = Enumerable.Range(0, 400_000).Select(i => (byte)(i % 251 * (i / 5000 + 1))).ToArray();
        var stream = new MemoryStream();
        var settings = new LZ4EncoderSettings { ChainBlocks = chaining, ContentChecksum = contentChecksum, BlockChecksum = blockChecksum, BlockSize = 64 * 1024 };
        using (var encoder = LZ4Stream.Encode(stream, settings, leaveOpen: true))
        {
            encoder.Write(bytes);
        }

        Assert.True(Decompress(CompressionType.Lz4, stream.ToArray(), bytes.Length).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public void Lz4_frames_are_read_by_another_reader()
    {
        var bytes = Enumerable.Range(0, 200_000).Select(i => (byte)(i % 13)).ToArray();
        using var compressed = new PooledBuffer();
        RecordCompression.Compress(CompressionType.Lz4, null, bytes, compressed);
        using var decoder = LZ4Stream.Decode(new MemoryStream(compressed.WrittenSpan.ToArray()));
        var read = new MemoryStream();
        decoder.CopyTo(read);
        Assert.True(read.ToArray().AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public void The_header_checksum_that_old_clients_got_wrong_is_ignored_only_for_their_formats()
    {
        using var compressed = new PooledBuffer();
        RecordCompression.Compress(CompressionType.Lz4, null, "some bytes"u8, compressed);
        var frame = compressed.WrittenSpan.ToArray();
        // KAFKA-3160: computed over the magic as well.
        frame[6] = (byte)(XxHash32.HashToUInt32(frame.AsSpan(0, 6)) >> 8);
        using var refused = new PooledBuffer();
        Assert.Equal(RecordBatchFault.CorruptCompression, RecordCompression.TryDecompress(CompressionType.Lz4, frame, refused));
        using var accepted = new PooledBuffer();
        Assert.True(Compression.Lz4Codec.TryDecompress(frame, accepted, Compression.Lz4HeaderChecksum.Ignored));
        Assert.Equal("some bytes", Encoding.ASCII.GetString(accepted.WrittenSpan));
    }

    private static byte[] Decompress(CompressionType codec, ReadOnlySpan<byte> source, int limit)
    {
        using var destination = new PooledBuffer(limit);
        Assert.Equal(RecordBatchFault.None, RecordCompression.TryDecompress(codec, source, destination));
        return destination.WrittenSpan.ToArray();
    }
}

using System.Buffers;
using CsCheck;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Tests.Wire;

public sealed class WirePrimitivesTests
{
    private delegate void Writing(ref WireWriter writer);

    private delegate T Reading<T>(ref WireReader reader);

    [Fact]
    public void Unsigned_varints_of_every_size_come_back()
    {
        uint[] edges = [0, 1, 127, 128, 16383, 16384, 2097151, 2097152, 268435455, 268435456, int.MaxValue, uint.MaxValue];
        Gen.OneOf(Gen.Int[0, edges.Length - 1].Select(i => edges[i]), Gen.UInt).Sample(value => Check(
            (ref WireWriter w) => w.WriteUnsignedVarint(value), (ref WireReader r) => r.ReadUnsignedVarint(), value, WireSize.UnsignedVarint(value)));
    }

    [Fact]
    public void Strings_and_bytes_of_both_forms_come_back() => Gen.Select(Gen.String, Gen.Bool, Gen.Byte.Array).Sample((text, compact, bytes) =>
    {
        // Half a surrogate pair has no UTF-8.
        text = text.Any(char.IsSurrogate) ? "x" : text;
        Check((ref WireWriter w) => w.WriteNullableString(text, compact), (ref WireReader r) => r.ReadNullableString(compact), text, WireSize.NullableString(text, compact));
        Check((ref WireWriter w) => w.WriteBytes(bytes, compact), (ref WireReader r) => r.ReadBytes(compact), bytes, WireSize.Bytes(bytes, compact));
    });

    [Fact]
    public void Numbers_and_uuids_come_back() => Gen.Select(Gen.Long, Gen.Double, Gen.Guid, Gen.UShort).Sample((number, real, id, port) =>
    {
        Check((ref WireWriter w) => w.WriteInt64(number), (ref WireReader r) => r.ReadInt64(), number, 8);
        Check((ref WireWriter w) => w.WriteInt32((int)number), (ref WireReader r) => r.ReadInt32(), (int)number, 4);
        Check((ref WireWriter w) => w.WriteInt16((short)number), (ref WireReader r) => r.ReadInt16(), (short)number, 2);
        Check((ref WireWriter w) => w.WriteInt8((sbyte)number), (ref WireReader r) => r.ReadInt8(), (sbyte)number, 1);
        Check((ref WireWriter w) => w.WriteFloat64(real), (ref WireReader r) => r.ReadFloat64(), real, 8);
        Check((ref WireWriter w) => w.WriteUuid(id), (ref WireReader r) => r.ReadUuid(), id, WireSize.Uuid);
        Check((ref WireWriter w) => w.WriteUInt16(port), (ref WireReader r) => r.ReadUInt16(), port, 2);
    });

    [Fact]
    public void Null_is_not_empty()
    {
        foreach (var compact in new[] { false, true })
        {
            Check((ref WireWriter w) => w.WriteNullableString(null, compact), (ref WireReader r) => r.ReadNullableString(compact), null, WireSize.NullableString(null, compact));
            Check((ref WireWriter w) => w.WriteNullableBytes(null, compact), (ref WireReader r) => r.ReadNullableBytes(compact), null, WireSize.NullableBytes(null, compact));
            Check((ref WireWriter w) => w.WriteNullableBytes([], compact), (ref WireReader r) => r.ReadNullableBytes(compact), [], WireSize.NullableBytes([], compact));
        }
    }

    [Fact]
    public void A_string_too_long_for_the_old_form_is_refused_by_the_writer() => Assert.Throws<ArgumentException>(() =>
    {
        var writer = new WireWriter(new ArrayBufferWriter<byte>());
        writer.WriteString(new string('x', short.MaxValue + 1), compact: false);
    });

    [Theory]
    [InlineData("80", "varint")]
    [InlineData("8080808080", "varint")]
    [InlineData("ffffffff1f", "varint")]
    [InlineData("ffffffffffffffffff01", "varint")]
    public void A_bad_varint_is_refused(string hex, string field) => Refused(hex, field, (ref WireReader r) => r.ReadUnsignedVarint());

    [Theory]
    [InlineData("fffe")] // a length of -2
    [InlineData("0005616263")] // longer than what is left
    [InlineData("0002c328")] // not UTF-8
    [InlineData("ffff")] // null where none may be
    public void A_bad_string_is_refused(string hex) => Refused(hex, "string", (ref WireReader r) => r.ReadString(compact: false));

    [Theory]
    [InlineData("ffffffff0f")] // 2^32 - 2 bytes
    [InlineData("0461")]
    [InlineData("00")]
    public void Bad_compact_bytes_are_refused(string hex) => Refused(hex, "bytes", (ref WireReader r) => r.ReadBytes(compact: true));

    [Theory]
    [InlineData("80000000")]
    [InlineData("fffffffe")]
    [InlineData("7fffffff00000000")]
    [InlineData("0000000200")] // two elements of at least two bytes cannot be one byte
    public void A_count_that_cannot_be_is_refused(string hex) => Refused(hex, "array", (ref WireReader r) => r.ReadNullableCount(compact: false, minElementSize: 2));

    [Theory]
    [InlineData("0201000100")] // twice the same tag
    [InlineData("0202000100")] // falling
    [InlineData("0101ff01")] // longer than the frame
    [InlineData("7f")] // more tags than bytes
    public void Tagged_fields_out_of_order_or_out_of_bounds_are_refused(string hex) => Refused(hex, "tags", (ref WireReader r) =>
    {
        r.SkipTags();
        return 0;
    });

    [Fact]
    public void Records_are_a_slice_of_the_frame_and_not_a_copy()
    {
        var frame = new byte[] { 0, 0, 0, 3, 1, 2, 3, 9 };
        var reader = new WireReader(frame);

        var records = reader.ReadRecords(compact: false);
        frame[4] = 42;

        Assert.Equal([42, 2, 3], records.ToArray());
        Assert.Equal(1, reader.Remaining);
    }

    [Fact]
    public void Writing_asks_for_small_blocks_and_still_writes_all()
    {
        var output = new TinyBlocks();
        var writer = new WireWriter(output);
        writer.WriteString(new string('ü', 500), compact: true);
        writer.WriteRaw(new byte[77]);
        writer.WriteInt64(-1);
        writer.Flush();

        Assert.Equal(2 + 1000 + 77 + 8, output.Written.Count);
        Assert.Equal(0xff, output.Written[^1]);
    }

    private static void Check<T>(Writing write, Reading<T> read, T value, int size)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(buffer);
        write(ref writer);
        writer.Flush();
        Assert.Equal(size, buffer.WrittenCount);

        var whole = new WireReader(buffer.WrittenMemory);
        Assert.Equal(value, read(ref whole));
        whole.RequireEnd();

        var pieces = new WireReader(Segments.Split(buffer.WrittenSpan.ToArray(), new Random(size)));
        Assert.Equal(value, read(ref pieces));
        pieces.RequireEnd();
    }

    private static void Refused<T>(string hex, string field, Reading<T> read)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(field, Assert.Throws<MalformedMessageException>(() => ReadAll(new ReadOnlySequence<byte>(bytes))).Field);
        Assert.Equal(field, Assert.Throws<MalformedMessageException>(() => ReadAll(Segments.Split(bytes, new Random(1)))).Field);

        void ReadAll(ReadOnlySequence<byte> frame)
        {
            var reader = new WireReader(frame);
            read(ref reader);
        }
    }

    private sealed class TinyBlocks : IBufferWriter<byte>
    {
        private byte[] block = [];

        public List<byte> Written { get; } = [];

        public void Advance(int count) => Written.AddRange(block.Take(count));

        public Memory<byte> GetMemory(int sizeHint = 0) => block = new byte[Math.Max(sizeHint, 16)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}

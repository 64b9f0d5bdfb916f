using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace FlyMQ.Protocol.Wire;

/// <summary>
/// Reads Kafka's wire types from a frame, which may span several blocks of a pipe. Every length is held against the bytes that are
/// left before anything is allocated, so that what a frame claims never costs more than what it holds. The <c>field</c> arguments
/// are literals and cost nothing until something is wrong.
/// </summary>
/// <exception cref="MalformedMessageException">By every read.</exception>
public ref struct WireReader
{
    private readonly ReadOnlySequence<byte> frame;
    private readonly StringCache? strings;
    // What is left of the current block, what lies in later blocks, and where the next block begins.
    private ReadOnlySpan<byte> block;
    private long laterBytes;
    private SequencePosition nextBlock;
    private readonly long length;

    /// <param name="frame">Must outlive the message: <c>records</c> fields are slices of it.</param>
    /// <param name="strings">Gives the same string for the same short text (topic names), so that hot requests allocate none.</param>
    public WireReader(scoped in ReadOnlySequence<byte> frame, StringCache? strings = null)
    {
        this.frame = frame;
        this.strings = strings;
        length = frame.Length;
        block = frame.FirstSpan;
        laterBytes = length - block.Length;
        nextBlock = frame.Start;
        if (laterBytes > 0)
        {
            frame.TryGet(ref nextBlock, out _);
        }
    }

    public WireReader(ReadOnlyMemory<byte> frame, StringCache? strings = null)
        : this(new ReadOnlySequence<byte>(frame), strings)
    {
    }

    public readonly long Remaining => block.Length + laterBytes;

    private readonly long Consumed => length - Remaining;

    public bool ReadBoolean(string field = "bool") => ReadByte(field) != 0;

    public sbyte ReadInt8(string field = "int8") => (sbyte)ReadByte(field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public short ReadInt16(string field = "int16")
    {
        if (block.Length < sizeof(short))
        {
            return (short)ReadAcrossBlocks(sizeof(short), field);
        }

        var value = BinaryPrimitives.ReadInt16BigEndian(block);
        block = block[sizeof(short)..];
        return value;
    }

    public ushort ReadUInt16(string field = "uint16") => (ushort)ReadInt16(field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt32(string field = "int32")
    {
        if (block.Length < sizeof(int))
        {
            return (int)ReadAcrossBlocks(sizeof(int), field);
        }

        var value = BinaryPrimitives.ReadInt32BigEndian(block);
        block = block[sizeof(int)..];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64(string field = "int64")
    {
        if (block.Length < sizeof(long))
        {
            return ReadAcrossBlocks(sizeof(long), field);
        }

        var value = BinaryPrimitives.ReadInt64BigEndian(block);
        block = block[sizeof(long)..];
        return value;
    }

    public double ReadFloat64(string field = "float64") => BitConverter.Int64BitsToDouble(ReadInt64(field));

    public Guid ReadUuid(string field = "uuid")
    {
        Span<byte> bytes = stackalloc byte[16];
        if (block.Length >= 16)
        {
            var value = new Guid(block[..16], bigEndian: true);
            block = block[16..];
            return value;
        }

        CopyOut(bytes, field);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Seven bits a byte, least significant first, five bytes at most.</summary>
    public uint ReadUnsignedVarint(string field = "varint")
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = ReadByte(field);
            if (shift == 28 && b > 0x0f)
            {
                throw new MalformedMessageException(field, "a varint of more than 32 bits");
            }

            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new MalformedMessageException(field, "a varint that does not end");
    }

    public string ReadString(bool compact, string field = "string") =>
        ReadNullableString(compact, field) ?? throw Null(field);

    public string? ReadNullableString(bool compact, string field = "string")
    {
        var size = compact ? ReadCompactLength(field) : ReadInt16(field);
        return size switch
        {
            -1 => null,
            0 => "",
            > 0 => ReadText(size, field),
            _ => throw new MalformedMessageException(field, $"a length of {size}"),
        };
    }

    /// <summary>A copy: it may outlive the frame.</summary>
    public byte[] ReadBytes(bool compact, string field = "bytes") =>
        ReadNullableBytes(compact, field) ?? throw Null(field);

    public byte[]? ReadNullableBytes(bool compact, string field = "bytes")
    {
        var size = ReadLength(compact, field);
        if (size <= 0)
        {
            return size < 0 ? null : [];
        }

        RequireRemaining(size, field);
        var bytes = new byte[size];
        CopyOut(bytes, field);
        return bytes;
    }

    /// <summary>A slice of the frame; it lives as long as the frame does.</summary>
    public ReadOnlySequence<byte>? ReadNullableRecords(bool compact, string field = "records")
    {
        var size = ReadLength(compact, field);
        if (size < 0)
        {
            return null;
        }

        RequireRemaining(size, field);
        var records = frame.Slice(Consumed, size);
        Skip(size, field);
        return records;
    }

    public ReadOnlySequence<byte> ReadRecords(bool compact, string field = "records") =>
        ReadNullableRecords(compact, field) ?? throw Null(field);

    /// <param name="minElementSize">The fewest bytes an element takes on the wire: what makes a count credible before a list is made.</param>
    public int ReadCount(bool compact, int minElementSize, string field = "array")
    {
        var count = ReadNullableCount(compact, minElementSize, field);
        return count >= 0 ? count : throw Null(field);
    }

    /// <summary>−1 for a null array.</summary>
    public int ReadNullableCount(bool compact, int minElementSize, string field = "array")
    {
        var count = compact ? ReadCompactLength(field) : ReadInt32(field);
        if (count < -1)
        {
            throw new MalformedMessageException(field, $"a count of {count}");
        }

        if ((long)count * minElementSize > Remaining)
        {
            throw new MalformedMessageException(field, $"a count of {count} with {Remaining} bytes left");
        }

        return count;
    }

    /// <summary>Structs that may be null are preceded by one byte: negative for null.</summary>
    public bool ReadPresence(string field = "struct") => ReadInt8(field) >= 0;

    /// <summary>How many tagged fields follow (KIP-482).</summary>
    public int ReadTagCount(string field = "tags")
    {
        var count = ReadUnsignedVarint(field);
        // A tagged field is at least its number and its size.
        return count * 2L <= Remaining ? (int)count : throw new MalformedMessageException(field, $"{count} tagged fields with {Remaining} bytes left");
    }

    /// <summary>Reads a tagged field's number and size. Numbers must rise, so that none comes twice.</summary>
    /// <param name="previous">The number before, −1 at first.</param>
    /// <returns>The field's size in bytes.</returns>
    public int ReadTag(ref int previous, string field = "tags")
    {
        var tag = ReadUnsignedVarint(field);
        if (tag > int.MaxValue || (int)tag <= previous)
        {
            throw new MalformedMessageException(field, $"tag {tag} after tag {previous}");
        }

        previous = (int)tag;
        var size = ReadUnsignedVarint(field);
        if (size > Remaining)
        {
            throw new MalformedMessageException(field, $"tag {tag} of {size} bytes with {Remaining} left");
        }

        return (int)size;
    }

    /// <summary>A tagged field must have taken as many bytes as it announced.</summary>
    /// <param name="expected">What should be left now.</param>
    public readonly void RequireTagEnd(long expected, string field = "tags")
    {
        if (Remaining != expected)
        {
            throw new MalformedMessageException(field, $"a tagged field of another size than announced, by {Remaining - expected} bytes");
        }
    }

    /// <summary>Skips the whole section of tagged fields, checked as if it were read.</summary>
    public void SkipTags(string field = "tags")
    {
        var previous = -1;
        for (var left = ReadTagCount(field); left > 0; left--)
        {
            Skip(ReadTag(ref previous, field), field);
        }
    }

    public void Skip(long count, string field = "bytes")
    {
        RequireRemaining(count, field);
        while (count > block.Length)
        {
            count -= block.Length;
            NextBlock();
        }

        block = block[(int)count..];
    }

    /// <summary>A message ends where its frame ends.</summary>
    public readonly void RequireEnd(string message = "message")
    {
        if (Remaining != 0)
        {
            throw new MalformedMessageException(message, $"{Remaining} bytes after its end");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte ReadByte(string field)
    {
        if (block.IsEmpty)
        {
            return (byte)ReadAcrossBlocks(1, field);
        }

        var value = block[0];
        block = block[1..];
        return value;
    }

    private int ReadLength(bool compact, string field)
    {
        var size = compact ? ReadCompactLength(field) : ReadInt32(field);
        return size >= -1 ? size : throw new MalformedMessageException(field, $"a length of {size}");
    }

    // Compact lengths and counts are one more than they mean; 0 is null.
    private int ReadCompactLength(string field)
    {
        var plusOne = ReadUnsignedVarint(field);
        return plusOne <= int.MaxValue ? (int)plusOne - 1 : throw new MalformedMessageException(field, $"a length of {plusOne - 1}");
    }

    private string ReadText(int size, string field)
    {
        RequireRemaining(size, field);
        if (block.Length >= size)
        {
            var text = Decode(block[..size], field);
            block = block[size..];
            return text;
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            CopyOut(rented.AsSpan(0, size), field);
            return Decode(rented.AsSpan(0, size), field);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private readonly string Decode(scoped ReadOnlySpan<byte> utf8, string field)
    {
        if (strings is not null && strings.TryGet(utf8, out var known))
        {
            return known;
        }

        if (!Utf8.IsValid(utf8))
        {
            throw new MalformedMessageException(field, "text that is not UTF-8");
        }

        var text = Encoding.UTF8.GetString(utf8);
        strings?.Add(utf8, text);
        return text;
    }

    private long ReadAcrossBlocks(int size, string field)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        CopyOut(bytes[..size], field);
        long value = 0;
        for (var i = 0; i < size; i++)
        {
            value = (value << 8) | bytes[i];
        }

        return value;
    }

    private void CopyOut(scoped Span<byte> target, string field)
    {
        RequireRemaining(target.Length, field);
        while (target.Length > block.Length)
        {
            block.CopyTo(target);
            target = target[block.Length..];
            NextBlock();
        }

        block[..target.Length].CopyTo(target);
        block = block[target.Length..];
    }

    // Called only while bytes are left, so that there is a next block.
    private void NextBlock()
    {
        do
        {
            frame.TryGet(ref nextBlock, out var memory);
            block = memory.Span;
        }
        while (block.IsEmpty);
        laterBytes -= block.Length;
    }

    private readonly void RequireRemaining(long count, string field)
    {
        if (count > Remaining)
        {
            ThrowTruncated(count, field);
        }
    }

    [DoesNotReturn]
    private readonly void ThrowTruncated(long count, string field) =>
        throw new MalformedMessageException(field, $"{count} bytes needed, {Remaining} left");

    private static MalformedMessageException Null(string field) => new(field, "null where the version allows none");
}

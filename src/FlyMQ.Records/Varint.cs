using System.Runtime.CompilerServices;

namespace FlyMQ.Records;

/// <summary>Zig-zag variable-length integers, as records use them: seven bits a byte, lowest first, at most ten bytes.</summary>
public static class Varint
{
    public const int MaxSize = 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, out long value, out int read)
    {
        // Almost every number in a record is below 64.
        if (!source.IsEmpty && source[0] < 0x80)
        {
            value = UnZigZag(source[0]);
            read = 1;
            return true;
        }

        return TryReadLong(source, out value, out read);
    }

    private static bool TryReadLong(ReadOnlySpan<byte> source, out long value, out int read)
    {
        ulong raw = 0;
        var limit = Math.Min(source.Length, MaxSize);
        for (var i = 0; i < limit; i++)
        {
            raw |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] < 0x80)
            {
                value = UnZigZag(raw);
                read = i + 1;
                return true;
            }
        }

        value = 0;
        read = 0;
        return false;
    }

    public static int Size(long value)
    {
        var raw = ZigZag(value);
        var size = 1;
        while (raw >= 0x80)
        {
            raw >>= 7;
            size++;
        }

        return size;
    }

    /// <summary>Returns the number of bytes written.</summary>
    public static int Write(Span<byte> destination, long value)
    {
        var raw = ZigZag(value);
        var position = 0;
        while (raw >= 0x80)
        {
            destination[position++] = (byte)(raw | 0x80);
            raw >>= 7;
        }

        destination[position++] = (byte)raw;
        return position;
    }

    internal static long UnZigZag(ulong raw) => (long)(raw >> 1) ^ -(long)(raw & 1);

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}

using System.Buffers;

namespace FlyMQ.Records;

/// <summary>
/// A growing buffer from the shared pool that never grows past its limit: what is written beyond it is refused by
/// <see cref="BufferLimitException"/>. Dispose gives the array back; nothing read from it may be kept. Not thread-safe.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 4096;
    private readonly int _limit;
    private byte[] _array;

    /// <param name="limit">Bytes that may be written at most.</param>
    /// <param name="sizeHint">Bytes that will probably be written.</param>
    public PooledBuffer(int limit = int.MaxValue, int sizeHint = FirstSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        _limit = Math.Min(limit, Array.MaxLength);
        _array = ArrayPool<byte>.Shared.Rent(Math.Clamp(sizeHint, 1, Math.Max(_limit, 1)));
    }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, Length);
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Length);

    /// <summary>What is written may be patched in place.</summary>
    internal Span<byte> WrittenForPatch => _array.AsSpan(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        EnsureRoomFor(count);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        EnsureRoomFor(bytes.Length);
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <exception cref="BufferLimitException">This many more bytes would pass the limit.</exception>
    internal void EnsureRoomFor(int count)
    {
        if (count > _limit - Length)
        {
            throw new BufferLimitException(_limit);
        }
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _array = [];
            Length = 0;
        }
    }

    // A writer may ask for more room than it then uses, so the limit counts what is written, not what is reserved.
    private void Reserve(int sizeHint)
    {
        ObjectDisposedException.ThrowIf(_array.Length == 0, this);
        sizeHint = Math.Max(sizeHint, 1);
        if (sizeHint <= _array.Length - Length)
        {
            return;
        }

        var wanted = Math.Max((long)Length + sizeHint, Math.Min(2L * _array.Length, (long)_limit));
        if (wanted > Array.MaxLength)
        {
            throw new BufferLimitException(_limit);
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)wanted);
        WrittenSpan.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}

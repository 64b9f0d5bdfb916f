using System.Buffers;

namespace FlyMQ.Records;

/// <summary>
/// Steps over the records of an uncompressed batch, which may lie in several pieces, without touching keys and values: enough to judge a
/// batch (lengths, offset deltas, null keys, timestamps) at the cost of a few bytes per record. Allocates nothing.
/// </summary>
public ref struct RecordWalker
{
    private SequenceReader<byte> _reader;
    private readonly long _length;
    private readonly int _count;
    private int _index;

    /// <param name="records">The bytes after the batch's header.</param>
    /// <param name="count">The count the header claims.</param>
    public RecordWalker(in ReadOnlySequence<byte> records, int count)
    {
        _reader = new SequenceReader<byte>(records);
        _length = records.Length;
        _count = count;
        _index = 0;
    }

    /// <summary>True once the bytes have turned out not to be <c>count</c> well-formed records; nothing after that is read.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Of the current record: its place in the batch.</summary>
    public readonly int Index => _index - 1;
    /// <summary>Milliseconds after the batch's base timestamp.</summary>
    public long TimestampDelta { get; private set; }
    /// <summary>Bytes; −1 for a null key.</summary>
    public int KeyLength { get; private set; }
    /// <summary>Bytes; −1 for a null value.</summary>
    public int ValueLength { get; private set; }

    /// <summary>On to the next record; false at the end and when the bytes are malformed.</summary>
    public bool MoveNext()
    {
        if (IsMalformed)
        {
            return false;
        }

        if (_index == _count)
        {
            IsMalformed = _reader.Consumed != _length;
            return false;
        }

        if (!TryStep())
        {
            IsMalformed = true;
            return false;
        }

        _index++;
        return true;
    }

    private bool TryStep()
    {
        if (!TryReadVarint(out var bodyLength) || bodyLength < 0 || bodyLength > _length - _reader.Consumed)
        {
            return false;
        }

        var end = _reader.Consumed + bodyLength;
        // Record attributes: none are defined (Kafka ignores the byte, and so do we).
        if (!_reader.TryRead(out _)
            || !TryReadVarlong(out var timestampDelta)
            || !TryReadVarint(out var offsetDelta) || offsetDelta != _index
            || !TryReadVarint(out var keyLength) || !TrySkip(keyLength, end, nullAllowed: true)
            || !TryReadVarint(out var valueLength) || !TrySkip(valueLength, end, nullAllowed: true)
            || !TryReadVarint(out var headers) || headers < 0)
        {
            return false;
        }

        for (var i = 0; i < headers; i++)
        {
            if (!TryReadVarint(out var headerKeyLength) || !TrySkip(headerKeyLength, end, nullAllowed: false)
                || !TryReadVarint(out var headerValueLength) || !TrySkip(headerValueLength, end, nullAllowed: true))
            {
                return false;
            }
        }

        TimestampDelta = timestampDelta;
        KeyLength = keyLength;
        ValueLength = valueLength;
        return _reader.Consumed == end;
    }

    private bool TrySkip(int length, long end, bool nullAllowed)
    {
        if (length <= 0)
        {
            return length == 0 || (length == -1 && nullAllowed);
        }

        if (length > end - _reader.Consumed)
        {
            return false;
        }

        _reader.Advance(length);
        return true;
    }

    private bool TryReadVarint(out int value)
    {
        if (TryReadVarlong(out var wide) && wide is >= int.MinValue and <= int.MaxValue)
        {
            value = (int)wide;
            return true;
        }

        value = 0;
        return false;
    }

    private bool TryReadVarlong(out long value)
    {
        if (Varint.TryRead(_reader.UnreadSpan, out value, out var read))
        {
            _reader.Advance(read);
            return true;
        }

        // Across the border of two pieces, or malformed.
        ulong raw = 0;
        for (var shift = 0; shift < 70 && _reader.TryRead(out var part); shift += 7)
        {
            raw |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                value = Varint.UnZigZag(raw);
                return true;
            }
        }

        value = 0;
        return false;
    }
}

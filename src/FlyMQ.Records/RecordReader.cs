namespace FlyMQ.Records;

/// <summary>
/// Enumerates the records of one batch over contiguous, uncompressed bytes. Keys, values and headers are spans into them: nothing is
/// allocated. <c>foreach</c> works on it; a malformed record throws <see cref="CorruptRecordException"/>.
/// </summary>
public ref struct RecordReader
{
    private readonly RecordBatchHeader _header;
    private readonly ReadOnlySpan<byte> _records;
    private int _position;
    private int _index;
    private Record _current;

    /// <param name="header">The batch's header; its codec is not looked at.</param>
    /// <param name="records">The records' bytes, decompressed.</param>
    public RecordReader(scoped in RecordBatchHeader header, ReadOnlySpan<byte> records)
    {
        _header = header;
        _records = records;
    }

    public readonly Record Current => _current;

    public readonly RecordReader GetEnumerator() => this;

    /// <exception cref="CorruptRecordException"/>
    public bool MoveNext()
    {
        if (_index == _header.RecordCount)
        {
            return _position == _records.Length ? false : throw Malformed();
        }

        var bodyLength = ReadInt(_records, ref _position);
        if (bodyLength < 0 || bodyLength > _records.Length - _position)
        {
            throw Malformed();
        }

        _current = Read(_records.Slice(_position, bodyLength));
        _position += bodyLength;
        _index++;
        return true;
    }

    private readonly Record Read(ReadOnlySpan<byte> body)
    {
        var position = 1;
        var timestampDelta = ReadLong(body, ref position);
        var offsetDelta = ReadInt(body, ref position);
        var hasKey = ReadBytes(body, ref position, out var key);
        var hasValue = ReadBytes(body, ref position, out var value);
        var headerCount = ReadInt(body, ref position);
        if (headerCount < 0 || headerCount > body.Length)
        {
            throw Malformed();
        }

        return new Record
        {
            Offset = _header.BaseOffset + offsetDelta,
            // KIP-32: with append time every record has the batch's; the deltas are still the producer's.
            TimestampMs = _header.TimestampType == TimestampType.LogAppendTime ? _header.MaxTimestamp : _header.BaseTimestamp + timestampDelta,
            IsKeyNull = !hasKey,
            Key = key,
            IsValueNull = !hasValue,
            Value = value,
            Headers = new RecordHeaderReader(body[position..], headerCount),
        };
    }

    internal static CorruptRecordException Malformed() => new(RecordBatchFault.MalformedRecords);

    internal static long ReadLong(ReadOnlySpan<byte> source, scoped ref int position)
    {
        if (position > source.Length || !Varint.TryRead(source[position..], out var value, out var read))
        {
            throw Malformed();
        }

        position += read;
        return value;
    }

    internal static int ReadInt(ReadOnlySpan<byte> source, scoped ref int position)
    {
        var value = ReadLong(source, ref position);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed();
    }

    /// <summary>False for null, which is not the same as empty.</summary>
    internal static bool ReadBytes(ReadOnlySpan<byte> source, scoped ref int position, out ReadOnlySpan<byte> bytes)
    {
        var length = ReadInt(source, ref position);
        if (length < -1 || length > source.Length - position)
        {
            throw Malformed();
        }

        bytes = length > 0 ? source.Slice(position, length) : default;
        position += Math.Max(length, 0);
        return length >= 0;
    }
}

namespace FlyMQ.Records;

/// <summary>Enumerates the headers of one record (KIP-82) in order, duplicates included. <c>foreach</c> works on it.</summary>
public ref struct RecordHeaderReader
{
    private readonly ReadOnlySpan<byte> _source;
    private int _position;
    private int _read;
    private Header _current;

    internal RecordHeaderReader(ReadOnlySpan<byte> source, int count)
    {
        _source = source;
        Count = count;
    }

    public int Count { get; }

    public readonly Header Current => _current;

    public readonly RecordHeaderReader GetEnumerator() => this;

    /// <exception cref="CorruptRecordException"/>
    public bool MoveNext()
    {
        if (_read == Count)
        {
            return false;
        }

        if (!RecordReader.ReadBytes(_source, ref _position, out var key))
        {
            throw RecordReader.Malformed();
        }

        var hasValue = RecordReader.ReadBytes(_source, ref _position, out var value);
        _current = new Header { Key = key, IsValueNull = !hasValue, Value = value };
        _read++;
        return true;
    }

    /// <summary>One header; the key is UTF-8.</summary>
    public readonly ref struct Header
    {
        public required ReadOnlySpan<byte> Key { get; init; }
        public required bool IsValueNull { get; init; }
        public required ReadOnlySpan<byte> Value { get; init; }
    }
}

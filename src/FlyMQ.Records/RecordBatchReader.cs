namespace FlyMQ.Records;

/// <summary>
/// Steps through the batches in bytes read from a log. A batch cut off at the end is not an error: a read ends where its bytes do.
/// <c>foreach</c> works on it.
/// </summary>
public struct RecordBatchReader(ReadOnlyMemory<byte> batches)
{
    private ReadOnlyMemory<byte> _rest = batches;

    public ReadOnlyMemory<byte> Current { get; private set; }
    public RecordBatchHeader Header { get; private set; }

    public readonly RecordBatchReader GetEnumerator() => this;

    /// <exception cref="CorruptRecordException">What comes next is not a batch v2.</exception>
    public bool MoveNext()
    {
        if (!RecordBatchHeader.TryRead(_rest.Span, out var header))
        {
            return false;
        }

        if (header.Magic != RecordBatchHeader.CurrentMagic)
        {
            throw new CorruptRecordException(RecordBatchFault.UnknownMagic);
        }

        if (header.BatchLength < RecordBatchHeader.Size - RecordBatchHeader.LogOverhead)
        {
            throw new CorruptRecordException(RecordBatchFault.ImpossibleLength);
        }

        if (header.BatchLength > _rest.Length - RecordBatchHeader.LogOverhead)
        {
            return false;
        }

        Header = header;
        Current = _rest[..header.SizeInBytes];
        _rest = _rest[header.SizeInBytes..];
        return true;
    }
}

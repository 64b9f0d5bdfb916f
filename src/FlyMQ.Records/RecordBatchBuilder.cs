using System.Text;

namespace FlyMQ.Records;

/// <summary>
/// Builds batches v2: for internal topics, markers, recompression, tests. Not thread-safe; <see cref="Reset"/> makes it ready for the next
/// batch with the same settings. The bytes it hands out are valid until Reset or Dispose, or are the caller's own (<see cref="Build()"/>).
/// </summary>
public sealed class RecordBatchBuilder : IDisposable
{
    private readonly PooledBuffer _records = new();
    private readonly PooledBuffer _batch = new();
    private int _count;
    private long _baseTimestampMs;
    private long _maxTimestampMs;

    public CompressionType Compression { get; init; } = CompressionType.None;
    /// <summary>See <see cref="RecordCompression.Compress"/>.</summary>
    public int? CompressionLevel { get; init; }
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;
    public bool IsTransactional { get; init; }
    public bool IsControl { get; init; }
    public Offset BaseOffset { get; init; } = Offset.Zero;
    public LeaderEpoch LeaderEpoch { get; init; } = LeaderEpoch.None;
    public long ProducerId { get; init; } = -1;
    public short ProducerEpoch { get; init; } = -1;
    public int BaseSequence { get; init; } = -1;

    public int RecordCount => _count;

    /// <summary>Bytes the batch has so far, before compression.</summary>
    public int UncompressedSize => RecordBatchHeader.Size + _records.Length;

    /// <param name="timestampMs">Milliseconds since 1970.</param>
    /// <param name="key">Null is not the same as empty.</param>
    /// <param name="value">Null is a tombstone.</param>
    /// <param name="headers">In order.</param>
    public RecordBatchBuilder Append(long timestampMs, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, params ReadOnlySpan<RecordHeader> headers)
    {
        var timestampDelta = _count == 0 ? 0 : timestampMs - _baseTimestampMs;
        var bodySize = BodySize(timestampDelta, key, value, headers);
        var destination = _records.GetSpan(Varint.MaxSize + bodySize);
        var position = Varint.Write(destination, bodySize);
        destination[position++] = 0;
        position += Varint.Write(destination[position..], timestampDelta);
        position += Varint.Write(destination[position..], _count);
        position += WriteBytes(destination[position..], key);
        position += WriteBytes(destination[position..], value);
        position += Varint.Write(destination[position..], headers.Length);
        foreach (var header in headers)
        {
            var keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            position += Varint.Write(destination[position..], keyBytes);
            position += Encoding.UTF8.GetBytes(header.Key, destination[position..]);
            position += WriteBytes(destination[position..], header.Value);
        }

        _records.Advance(position);
        Counted(timestampMs);
        return this;
    }

    /// <inheritdoc cref="Append(long, ReadOnlyMemory{byte}?, ReadOnlyMemory{byte}?, ReadOnlySpan{RecordHeader})"/>
    public RecordBatchBuilder Append(long timestampMs, byte[]? key, byte[]? value, params ReadOnlySpan<RecordHeader> headers)
        => Append(timestampMs, key is null ? (ReadOnlyMemory<byte>?)null : key.AsMemory(), value is null ? (ReadOnlyMemory<byte>?)null : value.AsMemory(), headers);

    /// <summary>The batch as bytes of the caller's own.</summary>
    public byte[] Build() => BuildPooled().ToArray();

    /// <summary>The batch, valid until the next Reset, Build or Dispose.</summary>
    public ReadOnlyMemory<byte> BuildPooled()
    {
        if (_count == 0)
        {
            throw new InvalidOperationException("A batch has at least one record.");
        }

        _batch.Clear();
        _batch.GetSpan(RecordBatchHeader.Size)[..RecordBatchHeader.Size].Clear();
        _batch.Advance(RecordBatchHeader.Size);
        RecordCompression.Compress(Compression, CompressionLevel, _records.WrittenSpan, _batch);
        var header = new RecordBatchHeader
        {
            BaseOffset = BaseOffset,
            BatchLength = _batch.Length - RecordBatchHeader.LogOverhead,
            LeaderEpoch = LeaderEpoch,
            Magic = RecordBatchHeader.CurrentMagic,
            Crc = 0,
            Attributes = RecordBatchHeader.ComposeAttributes(Compression, TimestampType, IsTransactional, IsControl),
            LastOffsetDelta = _count - 1,
            BaseTimestamp = _baseTimestampMs,
            MaxTimestamp = _maxTimestampMs,
            ProducerId = ProducerId,
            ProducerEpoch = ProducerEpoch,
            BaseSequence = BaseSequence,
            RecordCount = _count,
        };
        RecordBatchHeader.WriteWithCrc(_batch.WrittenForPatch, header);
        return _batch.WrittenMemory;
    }

    public void Reset()
    {
        _records.Clear();
        _count = 0;
    }

    public void Dispose()
    {
        _records.Dispose();
        _batch.Dispose();
    }

    private void Counted(long timestampMs)
    {
        if (_count == 0)
        {
            _baseTimestampMs = timestampMs;
            _maxTimestampMs = timestampMs;
        }

        _maxTimestampMs = Math.Max(_maxTimestampMs, timestampMs);
        _count++;
    }

    private int BodySize(long timestampDelta, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, ReadOnlySpan<RecordHeader> headers)
    {
        var size = 1 + Varint.Size(timestampDelta) + Varint.Size(_count) + SizeOf(key) + SizeOf(value) + Varint.Size(headers.Length);
        foreach (var header in headers)
        {
            var keyBytes = Encoding.UTF8.GetByteCount(header.Key);
            size += Varint.Size(keyBytes) + keyBytes + SizeOf(header.Value);
        }

        return size;
    }

    private static int SizeOf(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Varint.Size(some.Length) + some.Length : Varint.Size(-1);

    private static int WriteBytes(Span<byte> destination, ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is not { } some)
        {
            return Varint.Write(destination, -1);
        }

        var position = Varint.Write(destination, some.Length);
        some.Span.CopyTo(destination[position..]);
        return position + some.Length;
    }
}

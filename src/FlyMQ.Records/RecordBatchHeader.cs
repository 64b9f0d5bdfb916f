using System.Buffers.Binary;

namespace FlyMQ.Records;

/// <summary>
/// The 61 fixed bytes before the records of a batch in message format v2 (KIP-98), all big-endian:
/// base offset 0–7, length 8–11, leader epoch 12–15, magic 16, CRC 17–20, attributes 21–22, last offset delta 23–26,
/// base timestamp 27–34, max timestamp 35–42, producer id 43–50, producer epoch 51–52, base sequence 53–56, count 57–60.
/// The CRC-32C covers byte 21 to the end, so base offset and leader epoch can be stamped without computing it anew.
/// </summary>
public readonly record struct RecordBatchHeader
{
    /// <summary>Bytes before the first record.</summary>
    public const int Size = 61;

    /// <summary>Bytes before the part that <see cref="BatchLength"/> counts.</summary>
    public const int LogOverhead = 12;

    /// <summary>Where the CRC's coverage begins.</summary>
    public const int CrcCoverageStart = 21;

    public const byte CurrentMagic = 2;

    internal const int LeaderEpochPosition = 12, MagicPosition = 16, CrcPosition = 17, AttributesPosition = 21, LastOffsetDeltaPosition = 23,
        BaseTimestampPosition = 27, MaxTimestampPosition = 35, ProducerIdPosition = 43, ProducerEpochPosition = 51,
        BaseSequencePosition = 53, RecordCountPosition = 57;

    public required Offset BaseOffset { get; init; }
    /// <summary>Bytes after the length field itself; the whole batch is 12 more, see <see cref="SizeInBytes"/>.</summary>
    public required int BatchLength { get; init; }
    public required LeaderEpoch LeaderEpoch { get; init; }
    public required byte Magic { get; init; }
    public required uint Crc { get; init; }
    public required short Attributes { get; init; }
    public required int LastOffsetDelta { get; init; }
    /// <summary>Milliseconds since 1970.</summary>
    public required long BaseTimestamp { get; init; }
    /// <summary>Milliseconds since 1970.</summary>
    public required long MaxTimestamp { get; init; }
    /// <summary>−1 when the producer is not idempotent.</summary>
    public required long ProducerId { get; init; }
    public required short ProducerEpoch { get; init; }
    public required int BaseSequence { get; init; }
    public required int RecordCount { get; init; }

    public int SizeInBytes => BatchLength + LogOverhead;
    public Offset LastOffset => BaseOffset + LastOffsetDelta;
    /// <summary>The offset after the batch's last record.</summary>
    public Offset NextOffset => BaseOffset + (LastOffsetDelta + 1L);
    public CompressionType Compression => (CompressionType)(Attributes & 0x07);
    public TimestampType TimestampType => (TimestampType)((Attributes >> 3) & 1);
    public bool IsTransactional => (Attributes & 0x10) != 0;
    public bool IsControl => (Attributes & 0x20) != 0;
    public bool HasDeleteHorizon => (Attributes & 0x40) != 0;
    public bool HasProducerId => ProducerId >= 0;

    /// <summary>The sequence number of the last record; sequences wrap after 2³¹−1.</summary>
    public int LastSequence => BaseSequence < 0 ? -1 : IncrementSequence(BaseSequence, LastOffsetDelta);

    /// <summary>Adds to a sequence number, wrapping from 2³¹−1 to 0 (KIP-98).</summary>
    public static int IncrementSequence(int sequence, int by) => (int)(((long)sequence + by) & int.MaxValue);

    /// <summary>Reads a header; says no when fewer than 61 bytes are there. Judges nothing: see <c>RecordBatchValidator</c>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RecordBatchHeader header)
    {
        if (source.Length < Size)
        {
            header = default;
            return false;
        }

        header = new RecordBatchHeader
        {
            BaseOffset = new Offset(BinaryPrimitives.ReadInt64BigEndian(source)),
            BatchLength = BinaryPrimitives.ReadInt32BigEndian(source[8..]),
            LeaderEpoch = new LeaderEpoch(BinaryPrimitives.ReadInt32BigEndian(source[LeaderEpochPosition..])),
            Magic = source[MagicPosition],
            Crc = BinaryPrimitives.ReadUInt32BigEndian(source[CrcPosition..]),
            Attributes = BinaryPrimitives.ReadInt16BigEndian(source[AttributesPosition..]),
            LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(source[LastOffsetDeltaPosition..]),
            BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(source[BaseTimestampPosition..]),
            MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(source[MaxTimestampPosition..]),
            ProducerId = BinaryPrimitives.ReadInt64BigEndian(source[ProducerIdPosition..]),
            ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(source[ProducerEpochPosition..]),
            BaseSequence = BinaryPrimitives.ReadInt32BigEndian(source[BaseSequencePosition..]),
            RecordCount = BinaryPrimitives.ReadInt32BigEndian(source[RecordCountPosition..]),
        };
        return true;
    }

    /// <summary>Writes what the leader decides into a batch's bytes; the CRC does not cover these two fields.</summary>
    public static void Stamp(Span<byte> batch, Offset baseOffset, LeaderEpoch leaderEpoch)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset.Value);
        BinaryPrimitives.WriteInt32BigEndian(batch[LeaderEpochPosition..], leaderEpoch.Value);
    }

    /// <summary>Writes the 61 bytes, <see cref="Crc"/> as it is.</summary>
    public void Write(Span<byte> destination)
    {
        Stamp(destination, BaseOffset, LeaderEpoch);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], BatchLength);
        destination[MagicPosition] = Magic;
        BinaryPrimitives.WriteUInt32BigEndian(destination[CrcPosition..], Crc);
        BinaryPrimitives.WriteInt16BigEndian(destination[AttributesPosition..], Attributes);
        BinaryPrimitives.WriteInt32BigEndian(destination[LastOffsetDeltaPosition..], LastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(destination[BaseTimestampPosition..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[MaxTimestampPosition..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[ProducerIdPosition..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(destination[ProducerEpochPosition..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(destination[BaseSequencePosition..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(destination[RecordCountPosition..], RecordCount);
    }

    /// <summary>Writes the header before records that are already in place, with the CRC of the whole.</summary>
    /// <returns>The header with its CRC.</returns>
    public static RecordBatchHeader WriteWithCrc(Span<byte> batch, in RecordBatchHeader header)
    {
        header.Write(batch);
        var stamped = header with { Crc = Crc32C.Compute(batch[CrcCoverageStart..]) };
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcPosition..], stamped.Crc);
        return stamped;
    }

    public static short ComposeAttributes(CompressionType compression, TimestampType timestampType, bool isTransactional, bool isControl)
        => (short)((int)compression | ((int)timestampType << 3) | (isTransactional ? 0x10 : 0) | (isControl ? 0x20 : 0));
}

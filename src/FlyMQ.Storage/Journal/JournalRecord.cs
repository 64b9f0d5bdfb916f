using System.Buffers;
using System.Buffers.Binary;
using FlyMQ.Records;

namespace FlyMQ.Storage.Journal;

internal enum JournalRecordKind : byte
{
    /// <summary>A record batch; the offset is its base.</summary>
    Batch = 1,

    /// <summary>Everything at and above the offset was cut away.</summary>
    Truncate = 2,

    /// <summary>The log starts at the offset from now on.</summary>
    StartOffset = 3,
}

/// <summary>
/// The 72 bytes before a record in the journal, little-endian: magic 0–3, kind 4, 1 at 5 when flushes are waited for, payload length 8–11, CRC-32C 12–15, generation 16–23, sequence 24–31,
/// round 32–39, topic id 40–55, partition 56–59, leader epoch 60–63, offset 64–71. Records begin at multiples of 8; where a flush ended, the next begins
/// at a page.
/// </summary>
/// <remarks>
/// The CRC covers the header and the payload's first 21 bytes: the rest of a batch is covered by the batch's own CRC, so nothing is summed twice.
/// The generation is the file's, so that what a recycled file still holds is never taken for a record of its present life.
/// </remarks>
/// <param name="IsFlushed">Its round was on disk before the next began (<see cref="SyncMode.Commit"/>): a later round proves it.</param>
internal readonly record struct JournalRecord(
    JournalRecordKind Kind, bool IsFlushed, int PayloadLength, uint Crc, long Generation, long Sequence, long Round, TopicIdPartition Id, LeaderEpoch Epoch, Offset Offset)
{
    public const int HeaderSize = 72;
    public const int Alignment = 8;
    private const uint Magic = 0x314A4D46; // FMJ1
    private const int CrcPosition = 12;

    /// <summary>Bytes the record takes, padding included.</summary>
    public static int SizeOf(int payloadLength) => checked(HeaderSize + payloadLength + (Alignment - 1)) & ~(Alignment - 1);

    /// <summary>Writes the header before a payload that is in place.</summary>
    public static void Write(
        Span<byte> record, JournalRecordKind kind, bool isFlushed, int payloadLength, long generation, long sequence, long round, TopicIdPartition id, LeaderEpoch epoch, Offset offset)
    {
        record[..HeaderSize].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(record, Magic);
        record[4] = (byte)kind;
        record[5] = isFlushed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], payloadLength);
        BinaryPrimitives.WriteInt64LittleEndian(record[16..], generation);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], round);
        id.TopicId.TryWriteBytes(record[40..]);
        BinaryPrimitives.WriteInt32LittleEndian(record[56..], id.Partition);
        BinaryPrimitives.WriteInt32LittleEndian(record[60..], epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(record[64..], offset.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(record[CrcPosition..], Checksum(record, payloadLength));
    }

    /// <summary>Reads a header; false when these bytes are none. Whether the record is whole says <see cref="IsWhole"/>.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out JournalRecord record)
    {
        record = default;
        if (source.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        record = new JournalRecord(
            (JournalRecordKind)source[4],
            source[5] != 0,
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[CrcPosition..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
            new TopicIdPartition(new Guid(source[40..56]), BinaryPrimitives.ReadInt32LittleEndian(source[56..])),
            new LeaderEpoch(BinaryPrimitives.ReadInt32LittleEndian(source[60..])),
            new Offset(BinaryPrimitives.ReadInt64LittleEndian(source[64..])));
        return record.PayloadLength >= 0 && record.Kind is JournalRecordKind.Batch or JournalRecordKind.Truncate or JournalRecordKind.StartOffset;
    }

    /// <param name="bytes">Header and payload.</param>
    public bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize + PayloadLength || Checksum(bytes, PayloadLength) != Crc)
        {
            return false;
        }

        if (Kind != JournalRecordKind.Batch)
        {
            return PayloadLength == 0;
        }

        var batch = bytes.Slice(HeaderSize, PayloadLength);
        return RecordBatchHeader.TryRead(batch, out var header) && header.SizeInBytes == batch.Length
            && Crc32C.Compute(batch[RecordBatchHeader.CrcCoverageStart..]) == header.Crc;
    }

    /// <summary>True when the header itself is intact, whatever became of the payload behind its first bytes.</summary>
    public bool HasIntactHeader(ReadOnlySpan<byte> bytes) => bytes.Length >= HeaderSize + Math.Min(PayloadLength, RecordBatchHeader.CrcCoverageStart) && Checksum(bytes, PayloadLength) == Crc;

    private static uint Checksum(ReadOnlySpan<byte> record, int payloadLength)
    {
        Span<byte> covered = stackalloc byte[HeaderSize + RecordBatchHeader.CrcCoverageStart];
        var length = HeaderSize + Math.Min(payloadLength, RecordBatchHeader.CrcCoverageStart);
        record[..length].CopyTo(covered);
        covered[CrcPosition..(CrcPosition + 4)].Clear();
        return Crc32C.Compute(covered[..length]);
    }
}

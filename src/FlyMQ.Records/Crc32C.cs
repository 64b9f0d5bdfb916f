using System.Buffers;
using System.IO.Hashing;

namespace FlyMQ.Records;

/// <summary>CRC-32C (Castagnoli), the checksum of record batches and of everything FlyMQ itself writes to disk.</summary>
public static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> data) => Crc32.HashToUInt32(Crc32ParameterSet.Crc32C, data);

    public static uint Compute(in ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment)
        {
            return Compute(data.FirstSpan);
        }

        var crc = new Crc32(Crc32ParameterSet.Crc32C);
        foreach (var segment in data)
        {
            crc.Append(segment.Span);
        }

        return crc.GetCurrentHashAsUInt32();
    }
}

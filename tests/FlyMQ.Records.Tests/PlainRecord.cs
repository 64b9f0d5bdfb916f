using System.Text;
using CsCheck;

namespace FlyMQ.Records.Tests;

/// <summary>A record as a test thinks of it, and how to make some.</summary>
internal sealed record PlainRecord(long TimestampMs, byte[]? Key, byte[]? Value, (string Key, byte[]? Value)[] Headers)
{
    private static readonly Gen<byte[]?> Bytes = Gen.OneOf(
        Gen.Const((byte[]?)null),
        Gen.Byte.Array[0, 40].Select(b => (byte[]?)b),
        Gen.Byte.Array[60, 70].Select(b => (byte[]?)b),
        Gen.Select(Gen.Byte, Gen.Int[0, 20_000]).Select((b, n) => { var a = new byte[n]; Array.Fill(a, b); return (byte[]?)a; }));

    private static readonly Gen<(string, byte[]?)> Header = Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 12], Bytes);

    public static readonly Gen<PlainRecord> Any = Gen.Select(Gen.Long[0, 1L << 42], Bytes, Bytes, Header.Array[0, 3])
        .Select((timestamp, key, value, headers) => new PlainRecord(timestamp, key, value, headers));

    public static readonly Gen<PlainRecord[]> Some = Any.Array[1, 12];

    public static byte[] Batch(IEnumerable<PlainRecord> records, CompressionType compression = CompressionType.None)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        return Fill(builder, records).Build();
    }

    public static RecordBatchBuilder Fill(RecordBatchBuilder builder, IEnumerable<PlainRecord> records)
    {
        foreach (var record in records)
        {
            builder.Append(record.TimestampMs, record.Key, record.Value,
                [.. record.Headers.Select(h => new RecordHeader(h.Key, h.Value is null ? (ReadOnlyMemory<byte>?)null : h.Value.AsMemory()))]);
        }

        return builder;
    }

    public static List<PlainRecord> Read(RecordReader reader)
    {
        var records = new List<PlainRecord>();
        foreach (var record in reader)
        {
            var headers = new List<(string, byte[]?)>();
            foreach (var header in record.Headers)
            {
                headers.Add((Encoding.UTF8.GetString(header.Key), header.IsValueNull ? null : header.Value.ToArray()));
            }

            records.Add(new PlainRecord(
                record.TimestampMs,
                record.IsKeyNull ? null : record.Key.ToArray(),
                record.IsValueNull ? null : record.Value.ToArray(),
                [.. headers]));
        }

        return records;
    }

    public static bool Same(IReadOnlyList<PlainRecord> left, IReadOnlyList<PlainRecord> right)
        => left.Count == right.Count && left.Zip(right).All(pair => pair.First.IsSameAs(pair.Second));

    private bool IsSameAs(PlainRecord other)
        => TimestampMs == other.TimestampMs && SameBytes(Key, other.Key) && SameBytes(Value, other.Value)
            && Headers.Length == other.Headers.Length
            && Headers.Zip(other.Headers).All(pair => pair.First.Key == pair.Second.Key && SameBytes(pair.First.Value, pair.Second.Value));

    private static bool SameBytes(byte[]? left, byte[]? right)
        => left is null || right is null ? left is null && right is null : left.AsSpan().SequenceEqual(right);
}

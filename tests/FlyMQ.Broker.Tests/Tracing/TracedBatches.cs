using System.Buffers;
using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tests.Tracing;

/// <summary>Batches whose records carry trace contexts.</summary>
internal static class TracedBatches
{
    public const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736", Span = "00f067aa0ba902b7";

    public static string Parent(bool sampled = true, string trace = Trace, string span = Span) => $"00-{trace}-{span}-{(sampled ? "01" : "00")}";

    /// <summary>A record for each header's value, null for one without.</summary>
    public static byte[] Of(params string?[] parents) => Of(CompressionType.None, parents);

    public static byte[] Of(CompressionType compression, params string?[] parents)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        foreach (var parent in parents)
        {
            RecordHeader[] headers = parent is null ? [] : [new RecordHeader("a", null), new RecordHeader("traceparent", Encoding.UTF8.GetBytes(parent)), new RecordHeader("z", new byte[300])];
            builder.Append(0, "key"u8.ToArray(), new byte[200], headers);
        }

        return builder.Build();
    }

    public static ReadOnlySequence<byte> RecordsOf(byte[] batch) => new ReadOnlySequence<byte>(batch).Slice(RecordBatchHeader.Size);

    /// <summary>The same bytes in pieces.</summary>
    public static ReadOnlySequence<byte> InPieces(ReadOnlySequence<byte> whole, int bytes)
    {
        var rest = whole.ToArray().AsMemory();
        var first = new Piece(rest[..Math.Min(bytes, rest.Length)], 0);
        var last = first;
        for (rest = rest[first.Memory.Length..]; rest.Length > 0; rest = rest[last.Memory.Length..])
        {
            last = last.Before(rest[..Math.Min(bytes, rest.Length)]);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Before(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}

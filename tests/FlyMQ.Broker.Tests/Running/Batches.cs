using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tests.Running;

/// <summary>Record batches as producers send them.</summary>
internal static class Batches
{
    public static byte[] Of(params ReadOnlySpan<string> values)
    {
        using var builder = new RecordBatchBuilder();
        foreach (var value in values)
        {
            builder.Append(NowMs(), "key"u8.ToArray(), Encoding.UTF8.GetBytes(value));
        }

        return builder.Build();
    }

    public static byte[] At(params ReadOnlySpan<long> timestampsMs)
    {
        using var builder = new RecordBatchBuilder();
        foreach (var timestampMs in timestampsMs)
        {
            builder.Append(timestampMs, null, "value"u8.ToArray());
        }

        return builder.Build();
    }

    public static byte[] Compressed(CompressionType compression)
    {
        using var builder = new RecordBatchBuilder { Compression = compression };
        return builder.Append(NowMs(), null, new byte[500]).Build();
    }

    public static byte[] OfProducer(long producerId, short epoch, int sequence, int records = 1)
    {
        using var builder = new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence };
        for (var i = 0; i < records; i++)
        {
            builder.Append(NowMs(), null, "value"u8.ToArray());
        }

        return builder.Build();
    }

    public static byte[] OfSize(int valueBytes)
    {
        using var builder = new RecordBatchBuilder();
        return builder.Append(NowMs(), null, new byte[valueBytes]).Build();
    }

    public static long NowMs() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}

using System.Buffers;
using System.Diagnostics;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;

namespace FlyMQ.Load;

/// <summary>Connections that read partitions from their beginning, and begin again at their end.</summary>
internal sealed class Consume(Settings settings)
{
    private const short Version = 12;

    public void Run()
    {
        var results = new Result[settings.Connections];
        var threads = Enumerable.Range(0, settings.Connections).Select(i => new Thread(() => results[i] = RunConnection(i))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Result.Sum(results).Print(settings);
    }

    private Result RunConnection(int index)
    {
        using var connection = new Connection(settings.Bootstrap);
        var offsets = new long[settings.Partitions];
        var latencies = new List<long>();
        var records = 0L;
        var warm = Stopwatch.GetTimestamp() + (long)(settings.WarmupSeconds * Stopwatch.Frequency);
        var end = warm + (long)(settings.Seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() is var now && now < end)
        {
            var topic = new FetchRequest.FetchTopic { Topic = settings.Topic };
            for (var p = index; p < settings.Partitions; p += settings.Connections)
            {
                topic.Partitions.Add(new FetchRequest.FetchPartition { Partition = p, FetchOffset = offsets[p], PartitionMaxBytes = 1 << 20 });
            }

            var response = connection.Ask(new FetchRequest { MaxWaitMs = 0, MinBytes = 1, MaxBytes = 50 << 20, Topics = [topic] }, Version);
            var got = 0L;
            foreach (var partition in response.Responses.SelectMany(r => r.Partitions))
            {
                if (partition.ErrorCode != ErrorCode.None)
                {
                    throw new IOException($"Partition {partition.PartitionIndex}: {partition.ErrorCode}");
                }

                var next = NextOffset(partition.Records, offsets[partition.PartitionIndex]);
                got += next - offsets[partition.PartitionIndex];
                offsets[partition.PartitionIndex] = next < partition.HighWatermark ? next : 0;
            }

            if (now >= warm)
            {
                records += got;
                latencies.Add(Stopwatch.GetTimestamp() - now);
            }
        }

        return new Result(records, latencies);
    }

    private static long NextOffset(IRecordsSource? records, long from)
    {
        if (records is not SequenceRecordsSource { Length: > 0 } source)
        {
            return from;
        }

        Span<byte> head = stackalloc byte[RecordBatchHeader.Size];
        var rest = source.Records;
        while (rest.Length >= RecordBatchHeader.Size)
        {
            rest.Slice(0, RecordBatchHeader.Size).CopyTo(head);
            RecordBatchHeader.TryRead(head, out var header);
            if (header.SizeInBytes > rest.Length)
            {
                break;
            }

            from = header.NextOffset.Value;
            rest = rest.Slice(header.SizeInBytes);
        }

        return from;
    }
}

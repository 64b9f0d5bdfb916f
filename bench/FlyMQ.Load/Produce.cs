using System.Buffers;
using System.Diagnostics;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;

namespace FlyMQ.Load;

/// <summary>Connections that keep a number of requests in flight, each with one batch for each of some partitions.</summary>
internal sealed class Produce(Settings settings)
{
    // Names instead of ids, understood by every broker.
    private const short Version = 9;

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
        var frames = Frames(settings, index);
        var inFlight = new Queue<long>();
        var latencies = new List<long>();
        var started = Stopwatch.GetTimestamp();
        var warm = started + (long)(settings.WarmupSeconds * Stopwatch.Frequency);
        var end = warm + (long)(settings.Seconds * Stopwatch.Frequency);
        var requests = 0L;
        for (var sent = 0; ; sent++)
        {
            var now = Stopwatch.GetTimestamp();
            if (now >= end)
            {
                break;
            }

            connection.Send(frames[sent % frames.Length], sent);
            inFlight.Enqueue(now);
            if (inFlight.Count < settings.InFlight || settings.Acks == 0)
            {
                requests += now >= warm && settings.Acks == 0 ? 1 : 0;
                continue;
            }

            Check(connection.Receive(), sent < frames.Length);
            var sentAt = inFlight.Dequeue();
            if (sentAt >= warm)
            {
                requests++;
                latencies.Add(Stopwatch.GetTimestamp() - sentAt);
            }
        }

        return new Result(requests * settings.PartitionsPerRequest * settings.BatchRecords, latencies);
    }

    // Partitions are spread over connections, and over the frames of one.
    public static byte[][] Frames(Settings settings, int connection)
    {
        var batch = Batch(settings);
        var count = Math.Max(1, settings.Partitions / settings.PartitionsPerRequest);
        var frames = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var first = (((connection * count / settings.Connections) + i) % count) * settings.PartitionsPerRequest;
            var topic = new ProduceRequest.TopicProduceData { Name = settings.Topic };
            for (var p = 0; p < settings.PartitionsPerRequest; p++)
            {
                topic.PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = (first + p) % settings.Partitions, Records = new ReadOnlySequence<byte>(batch) });
            }

            frames[i] = Connection.Encode(new ProduceRequest { Acks = settings.Acks, TimeoutMs = 30_000, TopicData = [topic] }, Version);
        }

        return frames;
    }

    private static byte[] Batch(Settings settings)
    {
        using var builder = new RecordBatchBuilder();
        var value = new byte[settings.RecordBytes];
        Random.Shared.NextBytes(value);
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < settings.BatchRecords; i++)
        {
            builder.Append(nowMs, null, value);
        }

        return builder.Build();
    }

    private static void Check(ReadOnlyMemory<byte> frame, bool first)
    {
        // All answers are alike; decoding each would cost the machine more than the broker's work.
        if (!first)
        {
            return;
        }

        var response = Protocol.Messages.Frame.ReadResponse<ProduceResponse>(new ReadOnlySequence<byte>(frame), Version, out _);
        foreach (var partition in response.Responses.SelectMany(t => t.PartitionResponses).Where(p => p.ErrorCode != ErrorCode.None))
        {
            throw new IOException($"Partition {partition.Index}: {partition.ErrorCode} {partition.ErrorMessage}");
        }
    }
}

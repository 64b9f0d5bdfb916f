using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Limits;

/// <summary>
/// 20,000 frames that are broken or strange, from a seed (<c>FLYMQ_SEED</c>): each is answered or ends its own connection, a client beside them works all along, and
/// memory stays under its bound.
/// </summary>
public sealed class MalformedFrames
{
    private const int Count = 20_000, Workers = 8;
    private const long MostBytes = 450L << 20;
    private const int Probe = 0x50524F42;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task Twenty_thousand_malformed_frames_hurt_nobody_but_their_sender()
    {
        Assert.SkipWhen(SuiteEnvironment.IsKafka, "This is about FlyMQ's own bounds.");
        Librdkafka.EnsureLoaded();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FLYMQ_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var given) ? given : 20_251_125;
        TestContext.Current.TestOutputHelper?.WriteLine($"FLYMQ_SEED={seed}");
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings
        {
            FlyMQ = new Dictionary<string, string> { ["network.request_memory_bytes"] = "134217728", ["storage.tail_memory_bytes"] = "33554432", ["logging.level"] = "error" },
        });
        using var done = new CancellationTokenSource();
        var healthy = Task.Run(() => WorkAsync(broker, done.Token), TestContext.Current.CancellationToken);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Workers).Select(w => Task.Run(() => SendAllAsync(broker.Port, new Random(seed + w), Count / Workers))));
        await done.CancelAsync();

        Assert.True(await healthy > 100, "the healthy client did next to nothing");
        Assert.True(broker.IsRunning);
        Assert.Equal(Count, outcomes.Sum(o => o.Answered + o.Closed + o.Silent));
        Assert.True(outcomes.Sum(o => o.Closed) > Count / 10, "hardly any frame was malformed");
        Assert.True(outcomes.Sum(o => o.Answered) > Count / 10, "hardly any connection lived");
        var peak = ProcessFacts.PeakResidentBytes(broker.Pid);
        Assert.True(peak < MostBytes, $"{peak >> 20} MiB of memory at the most; {MostBytes >> 20} are the bound");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"answered {outcomes.Sum(o => o.Answered)}, closed {outcomes.Sum(o => o.Closed)}, silent {outcomes.Sum(o => o.Silent)}, peak {peak >> 20} MiB, records {await healthy}");
    }

    private static async Task<int> WorkAsync(BrokerProcess broker, CancellationToken until)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, Acks = Acks.All, LingerMs = 0 }).Build();
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = broker.Address, GroupId = "healthy", AutoOffsetReset = AutoOffsetReset.Earliest }).Build();
        consumer.Assign(new TopicPartitionOffset("healthy-topic", 0, Offset.Beginning));
        var count = 0;
        while (!until.IsCancellationRequested)
        {
            await producer.ProduceAsync("healthy-topic", new Message<Null, string> { Value = $"{count}" }, CancellationToken.None);
            var read = consumer.Consume(TimeSpan.FromSeconds(20));
            Assert.Equal($"{count}", read?.Message.Value);
            count++;
        }

        return count;
    }

    private static async Task<(int Answered, int Closed, int Silent)> SendAllAsync(int port, Random random, int count)
    {
        int answered = 0, closed = 0, silent = 0;
        RawConnection? connection = null;
        for (var i = 0; i < count; i++)
        {
            connection ??= await RawConnection.OpenAsync(port, CancellationToken.None);
            var (frame, endsThere) = Next(random);
            try
            {
                using var limit = new CancellationTokenSource(Patience);
                await connection.SendAsync(frame, limit.Token);
                if (endsThere)
                {
                    connection.Dispose();
                    connection = null;
                    closed++;
                    continue;
                }

                // Behind it a question that everybody answers: when its answer comes, the frame before has been dealt with.
                await connection.SendAsync(Frames.ApiVersions(Probe), limit.Token);
                byte[] answer;
                do
                {
                    answer = await connection.ReceiveAsync(limit.Token);
                }
                while (BinaryPrimitives.ReadInt32BigEndian(answer) != Probe);
                answered++;
            }
            catch (Exception e) when (e is IOException or EndOfStreamException)
            {
                closed++;
                connection?.Dispose();
                connection = null;
            }
            catch (OperationCanceledException)
            {
                // A request that waits, as it may: a long poll, half a frame.
                silent++;
                connection?.Dispose();
                connection = null;
            }
        }

        connection?.Dispose();
        return (answered, closed, silent);
    }

    private static (byte[] Frame, bool EndsThere) Next(Random random)
    {
        var frame = random.Next(8) switch
        {
            0 => Frames.ProduceTo(random.Next(), Topic(random), random.Next(-1, 3), (short)random.Next(-2, 3), Batch(random)),
            1 => Frames.FetchFrom(random.Next(), Topic(random), 0, random.Next(-5, 50)),
            2 => Frames.MetadataOf(random.Next(), Topic(random)),
            3 => Frames.ApiVersions(random.Next()),
            // The header of any API in any version, before bytes that may or may not be its body.
            4 => Frames.Header((short)random.Next(0, 95), (short)random.Next(0, 15), random.Next()).Raw(new byte[random.Next(0, 200)]).ToFrame(),
            5 => Frames.Header((short)random.Next(0, 95), (short)random.Next(-2, 30), random.Next()).Raw(Bytes(random, 400)).ToFrame(),
            6 => Frames.Header((short)random.Next(0, 95), (short)random.Next(0, 12), random.Next()).Raw([0xFF, 0xFF, 0xFF, 0xFF, 0x7F]).Raw(Bytes(random, 60)).ToFrame(),
            _ => new FrameWriter().Raw(Bytes(random, 300)).ToFrame(),
        };
        switch (random.Next(6))
        {
            case 0:
                // Sizes that lie.
                BinaryPrimitives.WriteInt32BigEndian(frame, random.Next(4) switch { 0 => -1, 1 => int.MaxValue, 2 => random.Next(0, 8), _ => random.Next(0, frame.Length * 2) });
                return (frame, random.Next(2) == 0);
            case 1:
                return (frame[..random.Next(1, frame.Length)], true);
            case 2 or 3:
                for (var flips = random.Next(1, 6); flips > 0 && frame.Length > 4; flips--)
                {
                    frame[random.Next(4, frame.Length)] = (byte)random.Next(256);
                }

                return (frame, false);
            default:
                return (frame, false);
        }
    }

    private static string Topic(Random random) => random.Next(5) == 0 ? Encoding.UTF8.GetString(Bytes(random, 40)) : $"fuzzed-{random.Next(4)}";

    private static byte[] Batch(Random random)
    {
        var batch = Frames.Batch(Bytes(random, 100), Bytes(random, 100));
        if (random.Next(2) == 0)
        {
            batch[random.Next(batch.Length)] ^= (byte)(1 << random.Next(8));
        }

        return batch;
    }

    private static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }
}

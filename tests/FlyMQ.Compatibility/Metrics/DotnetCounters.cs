using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Scenarios;
using FlyMQ.Compatibility.Traces;
using Microsoft.Diagnostics.NETCore.Client;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>
/// The session that <c>dotnet-counters</c> opens with a process: the runtime's event pipe and its provider <c>System.Diagnostics.Metrics</c>, here by the library that the
/// tool is made of.
/// </summary>
public sealed class DotnetCounters
{
    private const long TimeSeriesValues = 0x2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_sees_the_values_of_the_page_in_the_running_broker()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        await using var broker = await BrokerProcess.StartAsync();
        await broker.CreateTopicAsync("orders", 2);
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = broker.Address, LingerMs = 0 }).SetLogHandler((_, _) => { }).Build())
        {
            for (var i = 0; i < 7; i++)
            {
                await producer.ProduceAsync(new TopicPartition("orders", 1), new Message<Null, string> { Value = "value" });
            }
        }

        var page = await Scrape.OfAsync(broker.MetricsPort);
        var client = new DiagnosticsClient(broker.Pid);
        var provider = new EventPipeProvider("System.Diagnostics.Metrics", EventLevel.Informational, TimeSeriesValues, new Dictionary<string, string>
        {
            ["SessionId"] = Guid.NewGuid().ToString(), ["Metrics"] = "FlyMQ", ["RefreshInterval"] = "1", ["MaxTimeSeries"] = "10000", ["MaxHistograms"] = "10",
        });
        using var limit = new CancellationTokenSource(Patience);
        using var session = await client.StartEventPipeSessionAsync(provider, requestRundown: false, circularBufferMB: 16, limit.Token);
        var events = new MemoryStream();
        var buffer = new byte[64 * 1024];

        double? Seen(string instrument, string tags, bool isCounter) => Find(events.GetBuffer().AsSpan(0, (int)events.Length), instrument, tags, isCounter);
        var clock = Stopwatch.StartNew();
        var looked = TimeSpan.Zero;
        bool HasAll()
        {
            looked = clock.Elapsed;
            return Seen("flymq_messages_produced_total", "topic=orders", isCounter: true) is not null
                && Seen("flymq_produce_latency_seconds_count", "topic=orders", isCounter: true) is not null
                && Seen("flymq_topic_newest_offset", "partition=1,topic=orders", isCounter: false) is not null;
        }

        // Looking takes longer the more there is, so not after each piece.
        do
        {
            Assert.True(clock.Elapsed < Patience, $"not within the limit; there are {events.Length} bytes of events");
            events.Write(buffer.AsSpan(0, await session.EventStream.ReadAsync(buffer, limit.Token)));
        }
        while (clock.Elapsed - looked < TimeSpan.FromSeconds(1) || !HasAll());

        Assert.Equal(7, Seen("flymq_messages_produced_total", "topic=orders", isCounter: true));
        Assert.Equal(7, Seen("flymq_produce_latency_seconds_count", "topic=orders", isCounter: true));
        Assert.Equal(7, Seen("flymq_topic_newest_offset", "partition=1,topic=orders", isCounter: false));
        foreach (var sample in page.All().Keys.Select(key => key[..key.IndexOf('{', StringComparison.Ordinal)]).Distinct())
        {
            Assert.True(events.GetBuffer().AsSpan(0, (int)events.Length).IndexOf(Utf16($"{sample}\0")) >= 0, $"{sample} is on the page and no instrument");
        }

        // The stream is not read to its end, so neither is the end of the session waited for.
    }

    // A value's event has, each as UTF-16 with an end: session, meter, version, instrument, unit, tags by name, for a counter its rate, value. The stream has events as they are.
    private static double? Find(ReadOnlySpan<byte> events, string instrument, string tags, bool isCounter)
    {
        var name = Utf16("FlyMQ\0");
        for (var at = events.IndexOf(name); at >= 0;)
        {
            var rest = events[(at + name.Length)..];
            _ = Next(ref rest);
            if (Next(ref rest) == instrument)
            {
                _ = Next(ref rest);
                if (Next(ref rest) == tags)
                {
                    if (isCounter)
                    {
                        _ = Next(ref rest);
                    }

                    if (double.TryParse(Next(ref rest), CultureInfo.InvariantCulture, out var value))
                    {
                        return value;
                    }
                }
            }

            var next = events[(at + name.Length)..].IndexOf(name);
            at = next < 0 ? -1 : at + name.Length + next;
        }

        return null;
    }

    private static string Next(ref ReadOnlySpan<byte> events)
    {
        var characters = MemoryMarshal.Cast<byte, char>(events);
        var end = characters.IndexOf('\0');
        // What begins like a value and is none is longer than any of its texts.
        if (end is < 0 or > 200)
        {
            events = default;
            return "";
        }

        events = events[((end + 1) * sizeof(char))..];
        return new string(characters[..end]);
    }

    private static byte[] Utf16(string text) => Encoding.Unicode.GetBytes(text);
}

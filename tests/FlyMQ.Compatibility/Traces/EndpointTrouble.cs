using System.Diagnostics;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Metrics;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Traces;

/// <summary>An endpoint that is not there, or does not answer, costs spans and a log line, never a client.</summary>
public sealed class EndpointTrouble
{
    [Fact]
    public async Task An_endpoint_that_is_down_costs_a_counter_and_one_log_line_until_it_is_back()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var broker = await TracedBroker.StartAsync(port);
        await broker.CreateTopicAsync("orders");
        using var client = new TracedClient(broker);
        // Batch after batch fails.
        var dropped = 0.0;
        for (var round = 0; round < 3; round++)
        {
            var before = dropped;
            await client.SendAsync("orders", 0, traceParent: null);
            await Until.TrueAsync("spans are dropped", async () => (dropped = await Of(broker, "export_failed")) > before);
        }

        Assert.Equal(0, (await Scrape.OfAsync(broker.MetricsPort))["flymq_trace_spans_exported_total"]);

        // Until the test ends: else it would go away a second time.
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await Until.TrueAsync("spans arrive again", async () =>
        {
            await client.SendAsync("orders", 0, traceParent: null);
            return receiver.Spans.Any(s => s.Name == "flymq.produce");
        });

        await Until.TrueAsync("they are counted", async () => (await Scrape.OfAsync(broker.MetricsPort))["flymq_trace_spans_exported_total"] > 0);
        await Until.TrueAsync("it says that it works", () => Lines(broker, "are sent to").Count > 0);
        var failing = Assert.Single(Lines(broker, "cannot be sent"));
        Assert.Contains("Connection refused", failing, StringComparison.Ordinal);
        Assert.Single(Lines(broker, "are sent to"));
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_fills_a_queue_and_holds_up_neither_clients_nor_the_end()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        var silence = new TaskCompletionSource();
        receiver.MayAnswer = silence.Task;
        await using var broker = await TracedBroker.StartAsync(port, ("queue_size", "16"), ("batch_size", "8"), ("timeout_ms", "60000"));
        await broker.CreateTopicAsync("orders");
        using var client = new TracedClient(broker);
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("orders", 0, traceParent: null);
        }

        var page = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(16, page["flymq_trace_spans_waiting"]);
        Assert.True(page["flymq_trace_spans_dropped_total", ("reason", "queue_full")] >= 2 * 20 - 16);
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await broker.StopAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(8), $"it took {clock.Elapsed} to end");
        Assert.Single(Lines(broker, "were not sent before the end"));
        silence.SetResult();
    }

    [Fact]
    public async Task More_spans_than_a_second_may_have_are_not_made_and_counted()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port, ("max_spans_per_second", "10"), ("sample_rate", "0"));
        await broker.CreateTopicAsync("orders");
        using var client = new TracedClient(broker);
        var clock = Stopwatch.StartNew();
        const int sent = 200;
        // A client that records everything of its own.
        for (var i = 0; i < sent; i++)
        {
            await client.SendAsync("orders", 0, TracedClient.Parent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
        }

        var most = 10 + (int)Math.Ceiling(clock.Elapsed.TotalSeconds * 10);
        var refused = (int)await Of(broker, "rate_limited");
        Assert.InRange((2 * sent) - refused, 10, most);
        await receiver.UntilAsync("the others", spans => spans.Count == (2 * sent) - refused);
    }

    [Fact]
    public async Task What_is_left_at_the_end_is_sent()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port, ("batch_delay_ms", "3600000"));
        await broker.CreateTopicAsync("orders");
        using var client = new TracedClient(broker);
        await client.SendAsync("orders", 0, traceParent: null);
        Assert.Empty(receiver.Spans);
        Assert.Equal(0, await broker.StopAsync());
        Assert.Single(receiver.Spans, s => s.Name == "flymq.produce");
    }

    [Fact]
    public async Task While_tracing_is_off_nothing_is_sent_and_the_SDK_is_not_even_loaded()
    {
        SuiteEnvironment.OnlyFlyMQ();
        Librdkafka.EnsureLoaded();
        var port = FreePorts.Take(1);
        await using var receiver = await OtlpReceiver.StartAsync(port);
        await using var broker = await TracedBroker.StartAsync(port, ("enabled", "false"));
        await using var traced = await TracedBroker.StartAsync(FreePorts.Take(1));
        await broker.CreateTopicAsync("orders");
        using var client = new TracedClient(broker);
        await client.SendAsync("orders", 0, TracedClient.Parent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
        var page = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Empty(page.Of("flymq_trace_spans_waiting"));
        Assert.Empty(receiver.Requests);
        Assert.DoesNotContain("OpenTelemetry", await File.ReadAllTextAsync($"/proc/{broker.Pid}/maps"), StringComparison.Ordinal);
        if (SuiteEnvironment.FlyMQBinary.Contains("/bin/Release/", StringComparison.Ordinal))
        {
            // A native binary has all of it in one file.
            Assert.Contains("OpenTelemetry", await File.ReadAllTextAsync($"/proc/{traced.Pid}/maps"), StringComparison.Ordinal);
        }
    }

    private static async Task<double> Of(BrokerProcess broker, string reason) => (await Scrape.OfAsync(broker.MetricsPort))["flymq_trace_spans_dropped_total", ("reason", reason)];

    private static List<string> Lines(BrokerProcess broker, string part) => [.. broker.LogTail.Split('\n').Where(l => l.Contains(part, StringComparison.Ordinal))];
}

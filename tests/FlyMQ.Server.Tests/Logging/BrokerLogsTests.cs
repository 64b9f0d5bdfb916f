using System.Text;
using System.Text.Json;
using FlyMQ.Server.Logging;
using FlyMQ.Server.Options;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Tests.Logging;

public sealed partial class BrokerLogsTests
{
    [Fact]
    public void A_line_has_time_level_place_and_message()
    {
        var text = Write(new LoggingOptions(), logger => TopicGone(logger, "orders", 3), terminal: false);
        Assert.Equal("2026-01-02T03:04:05.006Z warn  Journal: orders lost 3 records\n", text);
    }

    [Fact]
    public void On_a_terminal_the_level_has_a_colour_and_elsewhere_nothing_has()
    {
        Assert.Contains("\u001b[33mwarn \u001b[0m", Write(new LoggingOptions(), logger => TopicGone(logger, "orders", 3), terminal: true), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Write(new LoggingOptions(), logger => TopicGone(logger, "orders", 3), terminal: false));
    }

    [Fact]
    public void A_name_cannot_forge_a_line_or_steer_a_terminal()
    {
        var text = Write(new LoggingOptions(), logger => TopicGone(logger, "x\n2026 crit \u001b[2J", 1), terminal: false);
        Assert.Equal(1, text.Count(c => c == '\n'));
        Assert.Contains("x\\x0a2026 crit \\x1b[2J lost 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_lines_carry_the_events_fields_with_their_types()
    {
        var line = Write(new LoggingOptions { Format = LogFormat.Json }, logger => TopicGone(logger, "or\"ders\n", 3), terminal: true);
        Assert.EndsWith("}\n", line, StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '\n'));
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("2026-01-02T03:04:05.006Z", json.GetProperty("time").GetString());
        Assert.Equal("warning", json.GetProperty("level").GetString());
        Assert.Equal("FlyMQ.Storage.Journal", json.GetProperty("category").GetString());
        Assert.Equal(1, json.GetProperty("event_id").GetInt32());
        Assert.Equal("TopicGone", json.GetProperty("event").GetString());
        Assert.Equal("or\"ders\n lost 3 records", json.GetProperty("message").GetString());
        Assert.Equal("or\"ders\n", json.GetProperty("fields").GetProperty("Topic").GetString());
        Assert.Equal(3, json.GetProperty("fields").GetProperty("Records").GetInt32());
    }

    [Fact]
    public void An_error_is_shown_with_its_stack()
    {
        void Log(ILogger logger) => Broke(logger, new InvalidOperationException("first\nsecond"));
        Assert.Contains("\n    System.InvalidOperationException: first\n    second\n", Write(new LoggingOptions(), Log, terminal: false), StringComparison.Ordinal);
        var json = JsonDocument.Parse(Write(new LoggingOptions { Format = LogFormat.Json }, Log, terminal: false)).RootElement;
        Assert.StartsWith("System.InvalidOperationException: first\nsecond", json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_below_the_level_are_not_written_and_the_frameworks_only_from_warning_up()
    {
        Assert.Equal("", Write(new LoggingOptions { Level = LogLevel.Error }, logger => TopicGone(logger, "t", 1), terminal: false));
        using var logs = new BrokerLogs(new MemoryStream(), new LoggingOptions(), terminal: false, TimeProvider.System);
        Assert.False(logs.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").IsEnabled(LogLevel.Information));
        Assert.True(logs.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").IsEnabled(LogLevel.Warning));
        Assert.True(logs.CreateLogger("FlyMQ.Server").IsEnabled(LogLevel.Information));
        Assert.False(logs.CreateLogger("FlyMQ.Server").IsEnabled(LogLevel.Debug));
    }

    [Fact]
    public async Task While_the_stream_takes_nothing_lines_are_dropped_and_counted_and_nobody_waits()
    {
        const int lines = BrokerLogs.QueueLength * 2;
        using var stream = new GatedStream();
        using var logs = new BrokerLogs(stream, new LoggingOptions(), terminal: false, TimeProvider.System);
        var logger = logs.CreateLogger("Flood");
        TopicGone(logger, "first", 0);
        await stream.Waiting.WaitAsync(TimeSpan.FromSeconds(30));

        for (var i = 0; i < lines; i++)
        {
            TopicGone(logger, "t", i);
        }

        // The writer holds what it had taken; the queue holds its length; the rest is gone.
        Assert.Equal(lines - BrokerLogs.QueueLength, logs.Dropped);
        stream.Open();
        logs.Dispose();
        var text = stream.Text;
        Assert.Equal(1 + BrokerLogs.QueueLength + 1, text.Count(c => c == '\n'));
        Assert.Contains($"BrokerLogs: {lines - BrokerLogs.QueueLength} log lines were dropped", text, StringComparison.Ordinal);
    }

    private static string Write(LoggingOptions options, Action<ILogger> log, bool terminal)
    {
        using var stream = new MemoryStream();
        using (var logs = new BrokerLogs(stream, options, terminal, new FixedTime()))
        {
            log(logs.CreateLogger("FlyMQ.Storage.Journal"));
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [LoggerMessage(1, LogLevel.Warning, "{Topic} lost {Records} records")]
    private static partial void TopicGone(ILogger logger, string topic, int records);

    [LoggerMessage(2, LogLevel.Error, "It broke")]
    private static partial void Broke(ILogger logger, Exception error);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero);
    }

    private sealed class GatedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new();
        // The test must not go on on the thread that it holds up.
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waiting => _waiting.Task;

        public string Text => Encoding.UTF8.GetString(ToArray());

        public void Open() => _open.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _waiting.TrySetResult();
            _open.Wait();
            base.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            _open.Set();
            base.Dispose(disposing);
        }
    }
}

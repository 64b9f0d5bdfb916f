using System.Diagnostics.Metrics;
using FlyMQ.Server.Exporters.Meters;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Tests.Exporters.Meters;

public sealed class BrokerMeterTests
{
    private static readonly MetricFamily Memory = new("flymq_memory_bytes", MetricType.Gauge, "Memory");
    private static readonly MetricFamily Messages = new("flymq_messages_total", MetricType.Counter, "Messages", "topic", "group");
    private static readonly MetricFamily Latency = new("flymq_latency_seconds", MetricType.Histogram, "Latency", "topic");
    private readonly ManualTime _time = new();
    private readonly WalkLog _log = new();
    private int _walks;

    [Fact]
    public void Each_sample_of_the_page_is_a_measurement_of_the_instrument_of_its_name()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(50));
        histogram.Record(TimeSpan.FromMilliseconds(1));
        histogram.Record(TimeSpan.FromMinutes(1));
        using var meter = Meter((sink, _) =>
        {
            sink.One(Memory, 1.5);
            sink.Begin(Messages);
            sink.Sample(Messages, 7, "orders", "readers");
            sink.Sample(Messages, long.MaxValue / 4096, "payments", "readers");
            sink.Begin(Latency);
            sink.Sample(Latency, histogram, "orders");
            return Task.CompletedTask;
        });
        using var listening = new Listening(meter);

        Assert.Equal(
            [
                "flymq_latency_seconds_bucket ObservableCounter", "flymq_latency_seconds_count ObservableCounter", "flymq_latency_seconds_sum ObservableCounter s",
                "flymq_memory_bytes ObservableGauge By", "flymq_messages_total ObservableCounter",
            ],
            listening.Instruments);
        var seen = listening.Collect();
        Assert.Equal(1.5, seen["flymq_memory_bytes"]);
        Assert.Equal(7, seen["flymq_messages_total topic=orders group=readers"]);
        Assert.Equal(long.MaxValue / 4096, seen["flymq_messages_total topic=payments group=readers"]);
        Assert.Equal(1, seen["flymq_latency_seconds_bucket topic=orders le=5e-05"]);
        Assert.Equal(1, seen["flymq_latency_seconds_bucket topic=orders le=0.0005"]);
        Assert.Equal(2, seen["flymq_latency_seconds_bucket topic=orders le=0.001"]);
        Assert.Equal(2, seen["flymq_latency_seconds_bucket topic=orders le=10"]);
        Assert.Equal(3, seen["flymq_latency_seconds_bucket topic=orders le=+Inf"]);
        Assert.Equal(3, seen["flymq_latency_seconds_count topic=orders"]);
        Assert.Equal(60.00105, seen["flymq_latency_seconds_sum topic=orders"]);
        Assert.Equal(3 + LatencyBuckets.Default.Count + 2, seen.Count);
    }

    [Fact]
    public void One_walk_serves_all_instruments_of_a_round_and_none_is_made_while_nobody_listens()
    {
        using var meter = Meter((sink, _) =>
        {
            sink.One(Memory, _walks);
            return Task.CompletedTask;
        });
        Assert.Equal(0, _walks);
        using var listening = new Listening(meter);
        Assert.Equal(0, _walks);

        Assert.Equal(1, listening.Collect()["flymq_memory_bytes"]);
        Assert.Equal(1, _walks);
        _time.Advance(MeterReading.Young);
        Assert.Equal(2, listening.Collect()["flymq_memory_bytes"]);
        Assert.Equal(2, _walks);
    }

    [Fact]
    public void What_is_gone_is_no_measurement_any_more()
    {
        string[] topics = ["orders", "payments"];
        using var meter = Meter((sink, _) =>
        {
            sink.Begin(Messages);
            foreach (var topic in topics)
            {
                sink.Sample(Messages, 1, topic, "readers");
            }

            return Task.CompletedTask;
        });
        using var listening = new Listening(meter);
        Assert.Equal(2, listening.Collect().Count);
        topics = ["payments"];
        _time.Advance(MeterReading.Young);
        Assert.Equal("flymq_messages_total topic=payments group=readers", Assert.Single(listening.Collect()).Key);
    }

    [Fact]
    public void A_walk_that_fails_shows_nothing_and_is_logged_once_until_one_works()
    {
        var fails = true;
        using var meter = Meter(
            (sink, _) =>
            {
                sink.One(Memory, 5);
                return fails ? Task.FromException(new InvalidOperationException("The shard is gone.")) : Task.CompletedTask;
            },
            out var reading);
        using var listening = new Listening(meter);
        Assert.Empty(listening.Collect());
        Assert.Equal(1, _walks);
        _time.Advance(MeterReading.Young);
        Assert.Empty(listening.Collect());
        Assert.Equal(2, reading.Failed);
        Assert.Single(_log.Errors);

        fails = false;
        _time.Advance(MeterReading.Young);
        Assert.Equal(5, listening.Collect()["flymq_memory_bytes"]);
        fails = true;
        _time.Advance(MeterReading.Young);
        Assert.Empty(listening.Collect());
        Assert.Equal(2, _log.Errors.Count);
    }

    [Fact]
    public async Task A_walk_that_does_not_end_is_waited_for_once_and_not_begun_again_meanwhile()
    {
        var held = new TaskCompletionSource();
        var cancelled = false;
        using var meter = Meter(
            async (sink, cancellation) =>
            {
                await held.Task;
                cancelled = cancellation.IsCancellationRequested;
                sink.One(Memory, 5);
            },
            out var reading);
        using var listening = new Listening(meter);
        Assert.Empty(listening.Collect());
        _time.Advance(MeterReading.Young);
        Assert.Empty(listening.Collect());
        Assert.Equal(1, _walks);
        Assert.Equal(2, reading.Failed);

        held.SetResult();
        var limit = DateTime.UtcNow.AddSeconds(30);
        while (!listening.Collect().ContainsKey("flymq_memory_bytes"))
        {
            Assert.True(DateTime.UtcNow < limit, "the walk has ended and none is made again");
            _time.Advance(MeterReading.Young);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, _walks);
        Assert.False(cancelled);
    }

    [Fact]
    public void After_the_end_nothing_is_walked()
    {
        var meter = Meter((_, _) => Task.CompletedTask, out var reading);
        meter.Dispose();
        Assert.Empty(reading.Of("flymq_memory_bytes"));
        Assert.Equal(0, _walks);
        Assert.Equal(0, reading.Failed);
    }

    private BrokerMeter Meter(Func<IMetricSink, CancellationToken, Task> walk) => Meter(walk, out _);

    private BrokerMeter Meter(Func<IMetricSink, CancellationToken, Task> walk, out MeterReading reading)
    {
        reading = new MeterReading(
            (sink, cancellation) =>
            {
                Interlocked.Increment(ref _walks);
                return walk(sink, cancellation);
            },
            _time,
            new MeterEvents(_log));
        return new BrokerMeter([Memory, Messages, Latency], reading);
    }

    /// <summary>Hears one meter only: other tests have meters of the same name.</summary>
    private sealed class Listening : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly List<string> _instruments = [];
        private Dictionary<string, double> _seen = [];

        public Listening(BrokerMeter meter)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter, meter.Meter))
                {
                    _instruments.Add($"{instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}".TrimEnd());
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
                _seen.Add($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}".TrimEnd(), value));
            _listener.Start();
        }

        public IEnumerable<string> Instruments => _instruments.Order(StringComparer.Ordinal);

        public Dictionary<string, double> Collect()
        {
            _seen = [];
            _listener.RecordObservableInstruments();
            return _seen;
        }

        public void Dispose() => _listener.Dispose();
    }

    private sealed class WalkLog : ILogger
    {
        public List<Exception?> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Errors.Add(exception);
    }
}

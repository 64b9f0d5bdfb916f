using FlyMQ.Broker.Telemetry;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tests.Telemetry;

/// <summary>What clients push, and what comes of it (PushTelemetry).</summary>
public sealed class PushTests
{
    private static readonly byte[] Sent25 = Otlp.MetricsData(Otlp.Total("org.sent", 25));
    private readonly TelemetryBench _bench = new();

    public PushTests() => _bench.Configure("all", ("metrics", "org."), ("interval.ms", "10000"));

    public static TheoryData<CompressionType> Codecs => [CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    [Theory, MemberData(nameof(Codecs))]
    public async Task Every_codec_is_taken(CompressionType codec)
    {
        var asked = _bench.Ask();
        var metrics = Compressed(Sent25, codec);
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, metrics, codec));
        Assert.Equal(["org.sent=25"], _bench.Shown(asked.ClientInstanceId));
        Assert.Equal((1, metrics.Length), (_bench.Telemetry.Counters.Pushes, _bench.Telemetry.Counters.Bytes));
    }

    [Fact]
    public async Task Snappy_without_the_java_clients_frame_is_taken()
    {
        // librdkafka sends one raw block: its length, then what it consists of, here one literal with a length of one byte.
        var asked = _bench.Ask();
        byte[] raw = [.. Otlp.Varint((ulong)Sent25.Length), 60 << 2, (byte)(Sent25.Length - 1), .. Sent25];
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, raw, CompressionType.Snappy));
        Assert.Equal(["org.sent=25"], _bench.Shown(asked.ClientInstanceId));
    }

    [Fact]
    public async Task What_the_java_client_pushes_is_shown()
    {
        var asked = _bench.Ask();
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, RealPushes.Producer, CompressionType.Zstd));
        Assert.Contains("org.apache.kafka.producer.record.send.total=25", _bench.Shown(asked.ClientInstanceId));
    }

    [Theory, MemberData(nameof(Codecs))]
    public async Task Bytes_that_are_not_what_the_codec_says_are_refused_and_harm_nobody(CompressionType codec)
    {
        var asked = _bench.Ask();
        Assert.Equal(ErrorCode.InvalidRecord, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, [0xff, 0xee, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], codec));
        Assert.Equal(1, _bench.Telemetry.Counters.Malformed);
        Assert.Empty(_bench.Passed);
        await _bench.TellAsync(Sent25);
    }

    [Theory, MemberData(nameof(Codecs))]
    public async Task Bytes_that_are_changed_anywhere_are_taken_or_refused_and_never_more(CompressionType codec)
    {
        var real = Compressed(Otlp.MetricsData([.. Enumerable.Range(0, 50).Select(i => Otlp.Total($"org.m{i}", i))]), codec);
        var random = new Random(714 + (int)codec);
        for (var i = 0; i < 2000; i++)
        {
            var changed = real.AsSpan(0, i % 3 == 0 ? random.Next(real.Length) : real.Length).ToArray();
            for (var j = 0; j < 4 && changed.Length > 0; j++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            var asked = _bench.Ask();
            var answer = await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, changed, codec);
            Assert.True(answer is ErrorCode.None or ErrorCode.InvalidRecord or ErrorCode.TelemetryTooLarge, $"{answer} to {Convert.ToHexString(changed)}");
        }
    }

    [Fact]
    public async Task A_bad_push_leaves_what_was_said_before()
    {
        var (id, subscription) = await _bench.TellAsync(Sent25);
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ErrorCode.InvalidRecord, await _bench.PushAsync(id, subscription, [0x0a]));
        Assert.Equal(["org.sent=25"], _bench.Shown(id));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(127)]
    public async Task An_unknown_codec_is_refused_and_the_client_may_ask_again_at_once(int codec)
    {
        var asked = _bench.Ask();
        Assert.Equal(ErrorCode.UnsupportedCompressionType, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, Sent25, (CompressionType)(sbyte)codec));
        Assert.Equal(1, _bench.Telemetry.Counters.UnsupportedCompression);
        Assert.Equal(ErrorCode.None, _bench.Ask(asked.ClientInstanceId).ErrorCode);
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, Sent25));
    }

    [Fact]
    public async Task Only_the_first_push_after_asking_may_come_before_its_time()
    {
        var (id, subscription) = await _bench.TellAsync(Sent25);
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, await _bench.PushAsync(id, subscription, Sent25));
        _bench.Time.Advance(TimeSpan.FromMilliseconds(9999));
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, await _bench.PushAsync(id, subscription, Sent25));
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(id, subscription, Sent25));
        Assert.Equal(2, _bench.Telemetry.Counters.Throttled);
        // Asking is no way around it: that too is once an interval.
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, _bench.Ask(id).ErrorCode);
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, await _bench.PushAsync(id, subscription, Sent25));
    }

    [Fact]
    public async Task The_last_push_may_come_at_any_time_and_nothing_after_it()
    {
        var (id, subscription) = await _bench.TellAsync(Sent25);
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(id, subscription, Otlp.MetricsData(Otlp.Total("org.sent", 30)), terminating: true));
        Assert.Equal(["org.sent=30"], _bench.Shown(id));
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(ErrorCode.InvalidRequest, await _bench.PushAsync(id, subscription, Sent25));
        Assert.Equal(ErrorCode.InvalidRequest, await _bench.PushAsync(id, subscription, Sent25, terminating: true));
        Assert.Equal(2, _bench.Telemetry.Counters.InvalidRequest);
        Assert.Equal(["org.sent=30"], _bench.Shown(id));
    }

    [Fact]
    public async Task The_last_numbers_can_be_seen_for_a_minute()
    {
        var (id, subscription) = await _bench.TellAsync(Sent25);
        await _bench.PushAsync(id, subscription, Sent25, terminating: true);
        Assert.True(Assert.Single(_bench.Telemetry.Clients()).IsTerminating);
        _bench.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Single(_bench.Telemetry.Clients());
        // Neither asking nor pushing prolongs it.
        _bench.Ask(id);
        await _bench.PushAsync(id, subscription, Sent25);
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(_bench.Telemetry.Clients());
    }

    [Fact]
    public async Task A_changed_subscription_is_unknown_and_can_be_asked_for_and_pushed_to_at_once()
    {
        var (id, subscription) = await _bench.TellAsync(Sent25);
        _bench.Configure("all", ("metrics", "org.received"));
        Assert.Equal(ErrorCode.UnknownSubscriptionId, await _bench.PushAsync(id, subscription, Sent25));
        // What nobody asks for any more is not shown any more.
        Assert.Empty(_bench.Shown(id));
        var asked = _bench.Ask(id);
        Assert.Equal((ErrorCode.None, id), (asked.ErrorCode, asked.ClientInstanceId));
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(id, asked.SubscriptionId, Otlp.MetricsData(Otlp.Total("org.received", 3), Otlp.Total("org.sent", 4))));
        Assert.Equal(["org.received=3"], _bench.Shown(id));
        Assert.Equal(1, _bench.Telemetry.Counters.PointsUnasked);
        Assert.Equal(1, _bench.Telemetry.Counters.UnknownSubscription);
    }

    [Fact]
    public async Task A_changed_interval_leaves_what_is_shown()
    {
        var (id, subscription) = await _bench.TellAsync(Sent25);
        _bench.Configure("all", ("interval.ms", "20000"));
        Assert.Equal(ErrorCode.UnknownSubscriptionId, await _bench.PushAsync(id, subscription, Sent25));
        Assert.Equal(["org.sent=25"], _bench.Shown(id));
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("00000000-0000-0000-0000-000000000001")]
    public async Task A_push_needs_an_instance_id(string id)
    {
        Assert.Equal(ErrorCode.InvalidRequest, await _bench.PushAsync(Guid.Parse(id), 0, Sent25));
        Assert.Equal(1, _bench.Telemetry.Counters.InvalidRequest);
        Assert.Empty(_bench.Telemetry.Clients());
    }

    [Fact]
    public async Task A_client_that_is_not_known_may_push_when_it_knows_what_is_asked_for()
    {
        // After a restart of the broker, or to another node.
        var elsewhere = new TelemetryBench();
        elsewhere.Configure("all", ("metrics", "org."), ("interval.ms", "10000"));
        var asked = elsewhere.Ask();
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, Sent25));
        Assert.Equal(["org.sent=25"], _bench.Shown(asked.ClientInstanceId));
    }

    [Fact]
    public async Task Each_push_says_everything_anew_and_differences_are_added_up()
    {
        var (id, subscription) = await _bench.TellAsync(Otlp.MetricsData(Otlp.Total("org.a", 1), Otlp.Sum("org.delta", true, 1, Otlp.Point(5)), Otlp.Gauge("org.gone", Otlp.Point(1))));
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(id, subscription, Otlp.MetricsData(Otlp.Total("org.a", 4), Otlp.Sum("org.delta", true, 1, Otlp.Point(2)))));
        Assert.Equal(["org.a=4", "org.delta=7"], _bench.Shown(id));
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ErrorCode.None, await _bench.PushAsync(id, subscription, []));
        Assert.Empty(_bench.Shown(id));
    }

    [Fact]
    public async Task A_push_larger_than_allowed_is_refused_and_so_is_one_that_grows_when_decompressed()
    {
        var bench = new TelemetryBench(new TelemetryLimits { MaxBytes = 10_000 });
        bench.Configure("all", ("metrics", "*"));
        var asked = bench.Ask();
        Assert.Equal(10_000, asked.TelemetryMaxBytes);
        Assert.Equal(ErrorCode.TelemetryTooLarge, await bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, new byte[10_001]));
        foreach (var codec in Codecs.Select(c => c.Data).Where(c => c != CompressionType.None))
        {
            // A megabyte of nothing in some hundred bytes; snappy needs fifty kilobytes for it, which are too much already.
            var bomb = Compressed(new byte[codec == CompressionType.Snappy ? 100_000 : 1_000_000], codec);
            Assert.True(bomb.Length < 10_000, $"{codec}: {bomb.Length}");
            bench.Time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(ErrorCode.TelemetryTooLarge, await bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, bomb, codec));
        }

        Assert.Equal((5, 0), (bench.Telemetry.Counters.TooLarge, bench.Telemetry.Counters.Malformed));
        bench.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(ErrorCode.None, await bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, Sent25));
    }

    [Fact]
    public async Task A_client_that_was_asked_for_nothing_has_nothing_shown_or_passed_on()
    {
        _bench.Configure("all", ("match", "client_id=somebody"));
        var (id, _) = await _bench.TellAsync(Sent25);
        Assert.Empty(_bench.Shown(id));
        Assert.Empty(_bench.Passed);
        Assert.Equal((1, 1), (_bench.Telemetry.Counters.Pushes, _bench.Telemetry.Counters.PointsUnasked));
    }

    [Fact]
    public async Task Pushes_are_passed_on_decompressed_with_who_the_client_is()
    {
        var asked = _bench.Ask();
        await _bench.PushAsync(asked.ClientInstanceId, asked.SubscriptionId, Compressed(Sent25, CompressionType.Gzip), CompressionType.Gzip);
        var identity = Assert.Single(_bench.Telemetry.Clients()).Identity;
        Assert.Equal(Broker.Telemetry.Otlp.IdentifiedMetrics.Write(Sent25, identity, 7, 1 << 20), Assert.Single(_bench.Passed));
    }

    [Fact]
    public async Task What_a_client_would_blow_up_on_its_way_on_is_shown_and_not_passed_on()
    {
        var bench = new TelemetryBench(new TelemetryLimits { MaxBytes = 10_000 });
        bench.Configure("all", ("metrics", "*"));
        // Thousands of resources without anything in them, each of which would get the client's attributes.
        byte[] empty = [.. Enumerable.Range(0, 4000).SelectMany(_ => Otlp.Message(1)), .. Sent25];
        var (id, _) = await bench.TellAsync(empty);
        Assert.Equal(["org.sent=25"], bench.Shown(id));
        Assert.Empty(bench.Passed);
        Assert.Equal(1, bench.TooLarge);
    }

    internal static byte[] Compressed(byte[] bytes, CompressionType codec)
    {
        using var buffer = new PooledBuffer();
        RecordCompression.Compress(codec, null, bytes, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}

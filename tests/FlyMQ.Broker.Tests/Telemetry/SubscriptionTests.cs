using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tests.Telemetry;

/// <summary>What clients are asked for (GetTelemetrySubscriptions).</summary>
public sealed class SubscriptionTests
{
    private readonly TelemetryBench _bench = new();

    [Fact]
    public void Without_a_subscription_nothing_is_asked_for()
    {
        var asked = _bench.Ask();
        Assert.Equal((ErrorCode.None, 300_000), (asked.ErrorCode, asked.PushIntervalMs));
        Assert.Empty(asked.RequestedMetrics);
        Assert.NotEqual(Guid.Empty, asked.ClientInstanceId);
        Assert.Equal(0, _bench.Telemetry.Counters.Throttled);
    }

    [Fact]
    public void A_client_is_told_all_it_has_to_know()
    {
        _bench.Configure("all", ("metrics", "*"), ("interval.ms", "1000"));
        var asked = _bench.Ask();
        Assert.Equal(["*"], asked.RequestedMetrics);
        Assert.Equal((1000, 1 << 20, false, 0), (asked.PushIntervalMs, asked.TelemetryMaxBytes, asked.DeltaTemporality, asked.ThrottleTimeMs));
        Assert.Equal([(sbyte)CompressionType.Zstd, (sbyte)CompressionType.Lz4, (sbyte)CompressionType.Gzip, (sbyte)CompressionType.Snappy], asked.AcceptedCompressionTypes);
    }

    [Fact]
    public void Subscriptions_that_match_are_put_together_with_the_shortest_interval()
    {
        _bench.Configure("a", ("metrics", "org.b,org.a"), ("interval.ms", "60000"));
        _bench.Configure("b", ("metrics", "org.c,org.a"), ("interval.ms", "30000"));
        _bench.Configure("others", ("metrics", "org.z"), ("interval.ms", "100"), ("match", "client_id=somebody"));
        var asked = _bench.Ask();
        Assert.Equal(["org.a", "org.b", "org.c"], asked.RequestedMetrics);
        Assert.Equal(30_000, asked.PushIntervalMs);
        _bench.Configure("c", ("metrics", "*"), ("interval.ms", "3600000"));
        Assert.Equal(["*"], _bench.Ask().RequestedMetrics);
    }

    [Fact]
    public void An_interval_may_be_longer_than_the_one_without_subscriptions()
    {
        _bench.Configure("a", ("metrics", "*"), ("interval.ms", "3600000"));
        Assert.Equal(3_600_000, _bench.Ask().PushIntervalMs);
    }

    [Theory]
    [InlineData("client_id=client", true)]
    [InlineData("client_id=clie", false)]
    [InlineData("client_id=cl.*", true)]
    [InlineData("client_id=x|client", true)]
    [InlineData("client_id=client$", true)]
    [InlineData("client_software_name=test-client,client_software_version=1\\..*", true)]
    [InlineData("client_software_name=test-client,client_software_version=2\\..*", false)]
    [InlineData("client_source_address=127\\.0\\.0\\.1", true)]
    [InlineData("client_source_address=10\\..*", false)]
    [InlineData("client_source_port=4242", true)]
    [InlineData("client_source_port=424", false)]
    [InlineData("client_id=other,client_id=client", true)]
    public void A_subscription_is_for_clients_that_match_every_pattern_wholly(string match, bool expected)
    {
        _bench.Configure("some", ("metrics", "*"), ("match", match));
        Assert.Equal(expected, _bench.Ask().RequestedMetrics.Count > 0);
    }

    [Fact]
    public void One_client_alone_can_be_asked_by_its_instance_id()
    {
        var id = _bench.Ask().ClientInstanceId;
        _bench.Configure("one", ("metrics", "*"), ("match", $"client_instance_id={Metadata.KafkaUuid.ToText(id)}"));
        Assert.Single(_bench.Ask(id).RequestedMetrics);
        Assert.Empty(_bench.Ask().RequestedMetrics);
    }

    [Fact]
    public void A_client_without_a_name_matches_no_pattern_of_names()
    {
        _bench.Configure("named", ("metrics", "*"), ("match", "client_id=.*"));
        Assert.Empty(_bench.Ask(context: TelemetryBench.From(clientId: null)).RequestedMetrics);
        Assert.Single(_bench.Ask(context: TelemetryBench.From("")).RequestedMetrics);
    }

    [Fact]
    public void A_name_made_to_make_a_pattern_slow_does_not()
    {
        // With backtracking this takes longer than the sun lasts.
        _bench.Configure("slow", ("metrics", "*"), ("match", "client_id=(a+)+b"));
        Assert.Empty(_bench.Ask(context: TelemetryBench.From(new string('a', 30_000))).RequestedMetrics);
    }

    [Fact]
    public void Who_asks_again_within_the_interval_is_throttled_and_told_what_is_new_at_once()
    {
        _bench.Configure("all", ("metrics", "org.a"), ("interval.ms", "10000"));
        var first = _bench.Ask();
        var again = _bench.Ask(first.ClientInstanceId);
        Assert.Equal((ErrorCode.ThrottlingQuotaExceeded, Guid.Empty), (again.ErrorCode, again.ClientInstanceId));
        _bench.Time.Advance(TimeSpan.FromMilliseconds(9999));
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, _bench.Ask(first.ClientInstanceId).ErrorCode);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        var later = _bench.Ask(first.ClientInstanceId);
        Assert.Equal((ErrorCode.None, first.ClientInstanceId, first.SubscriptionId), (later.ErrorCode, later.ClientInstanceId, later.SubscriptionId));
        Assert.Equal(2, _bench.Telemetry.Counters.Throttled);

        _bench.Configure("all", ("metrics", "org.b"));
        var changed = _bench.Ask(first.ClientInstanceId);
        Assert.Equal(ErrorCode.None, changed.ErrorCode);
        Assert.Equal(["org.b"], changed.RequestedMetrics);
        Assert.NotEqual(first.SubscriptionId, changed.SubscriptionId);
    }

    [Fact]
    public void The_subscription_id_says_what_is_asked_for_and_of_whom_the_same_on_every_node()
    {
        _bench.Configure("all", ("metrics", "org.a,org.b"), ("interval.ms", "1000"));
        var (one, other) = (_bench.Ask(), _bench.Ask());
        Assert.NotEqual(one.SubscriptionId, other.SubscriptionId);
        var elsewhere = new TelemetryBench();
        elsewhere.Configure("x", ("metrics", "org.b"), ("interval.ms", "1000"));
        elsewhere.Configure("y", ("metrics", "org.a"));
        Assert.Equal(one.SubscriptionId, elsewhere.Ask(one.ClientInstanceId).SubscriptionId);
    }

    [Theory]
    [InlineData("org.a,org.b", 1000, -914819334)]
    [InlineData("*", 300_000, 1012207411)]
    [InlineData("", 300_000, -725132338)]
    public void The_subscription_id_is_kafkas(string metrics, int intervalMs, int expected) =>
        // Made with Kafka's Uuid and Java's CRC32C.
        Assert.Equal(
            expected,
            new Broker.Telemetry.WantedMetrics(Metadata.Configs.ConfigValues.List(metrics), intervalMs).SubscriptionIdOf(Guid.Parse("01020304-0506-0708-090a-0b0c0d0e0f10")));

    [Fact]
    public void What_belongs_to_other_resources_does_not_make_clients_ask_again()
    {
        _bench.Configure("all", ("metrics", "*"), ("interval.ms", "10000"));
        var id = _bench.Ask().ClientInstanceId;
        _bench.Configure("all");
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, _bench.Ask(id).ErrorCode);
        _bench.Configure("gone", ("metrics", "org.x"));
        Assert.Equal(ErrorCode.None, _bench.Ask(id).ErrorCode);
        _bench.Configure("gone", ("metrics", null));
        Assert.Equal(ErrorCode.None, _bench.Ask(id).ErrorCode);
        Assert.Equal(ErrorCode.ThrottlingQuotaExceeded, _bench.Ask(id).ErrorCode);
    }
}

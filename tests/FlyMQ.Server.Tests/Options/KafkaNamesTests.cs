using FlyMQ.Metadata.Configs;
using FlyMQ.Server.Options;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Options;

public sealed class KafkaNamesTests
{
    [Fact]
    public void Every_kafka_name_of_a_key_is_a_broker_configuration() =>
        Assert.All(OptionKeys.All.Where(k => k.KafkaName is not null), k => Assert.NotNull(BrokerConfigs.Table.Find(k.KafkaName!)));

    [Fact]
    public void What_a_key_says_about_changing_at_run_time_is_what_kafkas_tools_are_told() =>
        Assert.All(OptionKeys.All.Where(k => k.KafkaName is not null), k => Assert.True(k.Dynamic == !BrokerConfigs.Table[k.KafkaName!].ReadOnly, k.Name));

    [Fact]
    public void What_is_not_set_is_shown_only_where_our_default_differs_from_kafkas() =>
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["advertised.listeners"] = "CLIENTS://localhost:9092",
                ["broker.id"] = "1",
                ["inter.broker.listener.name"] = "CLIENTS",
                ["listener.security.protocol.map"] = "CLIENTS:PLAINTEXT",
                ["listeners"] = "CLIENTS://localhost:9092",
                ["log.dir"] = "/var/lib/flymq",
                ["log.dirs"] = "/var/lib/flymq",
                ["node.id"] = "1",
                ["queued.max.request.bytes"] = "268435456",
            },
            Accepted().KafkaBrokerConfigs);

    [Fact]
    public void A_topic_default_is_shown_under_kafkas_name_and_holds_for_topics()
    {
        var configs = Accepted(null, ("topics.retention_ms", "60000"), ("network.max_connections", "10")).KafkaBrokerConfigs;
        Assert.Equal("60000", configs["log.retention.ms"]);
        Assert.Equal("10", configs["max.connections"]);
        Assert.Equal(60_000, new ConfigResolver(1, configs).TopicConfig(FlyMQ.Metadata.ClusterImage.Empty, null).RetentionMs);
    }

    [Fact]
    public void Every_kafka_value_is_one_that_kafkas_tools_would_accept() =>
        Assert.All(
            Accepted(null, ("listeners", "a=[::1]:9092,b=*:9192"), ("advertised_listeners", "b=example.org"), ("security.allow_plaintext_beyond_loopback", "true")).KafkaBrokerConfigs,
            pair => Assert.Null(BrokerConfigs.Table[pair.Key].Problem(pair.Value)));

    [Fact]
    public void Listeners_are_written_as_kafka_writes_them()
    {
        var configs = Accepted(null, ("listeners", "a=[::1]:9092,b=*:9192"), ("advertised_listeners", "b=example.org"), ("security.allow_plaintext_beyond_loopback", "true")).KafkaBrokerConfigs;
        Assert.Equal("A://[::1]:9092,B://:9192", configs["listeners"]);
        Assert.Equal("A://[::1]:9092,B://example.org:9192", configs["advertised.listeners"]);
    }
}

using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Configs;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Tests.Configs;

public sealed class TopicConfigTests
{
    private readonly Some _some = new();

    [Fact]
    public void The_documentation_is_made_from_the_table()
    {
        if (Environment.GetEnvironmentVariable("FLYMQ_WRITE_DOCS") == "1")
        {
            File.WriteAllText(TopicConfigDocs.Path, TopicConfigDocs.Render());
        }

        Assert.Equal(TopicConfigDocs.Render(), File.ReadAllText(TopicConfigDocs.Path));
    }

    [Fact]
    public void Every_default_is_accepted_by_its_own_rule()
    {
        foreach (var table in new[] { TopicConfigs.Table, BrokerConfigs.Table, GroupConfigs.Table, ClientMetricsConfigs.Table })
        {
            Assert.All(table.Keys.Where(k => k.Default is not null), key => Assert.Null(key.Problem(key.Default)));
            Assert.All(table.Keys, key => Assert.EndsWith(".", key.Documentation));
        }
    }

    [Fact]
    public void Every_key_of_Kafka_is_there_with_its_type_and_default()
    {
        var reference = Path.Combine(Path.GetDirectoryName(TopicConfigDocs.Path)!, "..", "..", "shared", "reference", "kafka-configs.tsv");
        reference = Environment.GetEnvironmentVariable("KAFKA_CONFIGS") ?? reference;
        if (!File.Exists(reference))
        {
            TestContext.Current.SendDiagnosticMessage($"not compared with Kafka's list: {reference} is not here");
            return;
        }

        foreach (var row in File.ReadLines(reference).Skip(1).Select(line => line.Split('\t')))
        {
            var (scope, name, type, value, accepted) = (row[0], row[1], row[2], row[3], row[4]);
            var table = scope switch { "topic" => TopicConfigs.Table, "group" => GroupConfigs.Table, "client-metrics" => ClientMetricsConfigs.Table, _ => BrokerConfigs.Table };
            // internal.segment.bytes is hidden in Kafka too; of a broker's keys FlyMQ has those that mean something here.
            if (name == "internal.segment.bytes" || (scope == "broker" && table.Find(name) is null))
            {
                continue;
            }

            var key = table[name];
            Assert.Equal((name, type), (name, key.Type.ToString().ToUpperInvariant()));
            if (scope != "broker")
            {
                Assert.Equal((name, value.Trim('[', ']')), (name, key.Default ?? "null"));
                var ours = key.Rule.Accepted;
                Assert.True(accepted == "" || ours.StartsWith(accepted, StringComparison.Ordinal) || name == "remote.storage.enable", $"{name}: {ours}, Kafka: {accepted}");
            }
        }
    }

    [Theory]
    [InlineData("retention.ms", "-5", "Invalid value -5 for configuration retention.ms: Value must be at least -1")]
    [InlineData("retention.ms", "abc", "Invalid value abc for configuration retention.ms: Not a number of type LONG")]
    [InlineData("segment.bytes", "10", "Invalid value 10 for configuration segment.bytes: Value must be at least 1048576")]
    [InlineData("segment.bytes", "3000000000", "Invalid value 3000000000 for configuration segment.bytes: Not a number of type INT")]
    [InlineData("cleanup.policy", "foo", "Invalid value foo for configuration cleanup.policy: String must be one of: compact, delete")]
    [InlineData("compression.gzip.level", "0", "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1")]
    [InlineData("compression.lz4.level", "18", "Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17")]
    [InlineData("min.cleanable.dirty.ratio", "1.5", "Invalid value 1.5 for configuration min.cleanable.dirty.ratio: Value must be no more than 1")]
    [InlineData("preallocate", "maybe", "Invalid value maybe for configuration preallocate: Expected value to be either true or false")]
    [InlineData("foo", "bar", "Unknown topic config name: foo")]
    [InlineData("remote.storage.enable", "true", "Invalid value true for configuration remote.storage.enable: Tiered storage is disabled in the broker")]
    [InlineData("leader.replication.throttled.replicas", "1:2,x", "Invalid value 1:2,x for configuration leader.replication.throttled.replicas: Value must have the form [partitionId]:[brokerId],[partitionId]:[brokerId],... or *")]
    [InlineData("cleanup.policy", "compact, delete", null)]
    [InlineData("cleanup.policy", "", null)]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2", null)]
    [InlineData("retention.ms", " 7 ", null)]
    [InlineData("preallocate", "TRUE", null)]
    public void A_wrong_value_is_refused_in_Kafkas_words(string key, string value, string? problem) =>
        Assert.Equal(problem, TopicConfigs.Table.Problem([KeyValuePair.Create(key, value)]));

    [Fact]
    public void The_strongest_source_holds_and_all_of_them_are_shown()
    {
        var resolver = new ConfigResolver(1, new Dictionary<string, string> { ["log.retention.hours"] = "2" });
        var image = Some.Apply(ClusterImage.Empty, _some.Broker(1), _some.Topic("t", [1]));
        ConfigEntry Retention() => resolver.DescribeTopic(image, image.TopicOrNull("t")!.Configs).Single(e => e.Name == "retention.ms");
        void Set(ConfigResource resource, string key, string value) => image = Some.Apply(image, new AlterConfigs(
            _some.Id(), [new ConfigChange(resource, false, [new ConfigEntryChange(key, ConfigOperation.Set, value)])]));

        Assert.Equal(("7200000", ConfigSource.StaticBroker), (Retention().Value, Retention().Source));
        Set(ConfigResource.AllBrokers, "log.retention.ms", "3");
        Assert.Equal(("3", ConfigSource.DynamicDefaultBroker), (Retention().Value, Retention().Source));
        Set(ConfigResource.Broker(1), "log.retention.ms", "4");
        Set(ConfigResource.Broker(2), "log.retention.ms", "5");
        Assert.Equal(("4", ConfigSource.DynamicBroker), (Retention().Value, Retention().Source));
        Assert.Equal(4, resolver.TopicConfig(image, image.TopicOrNull("t")).RetentionMs);
        Set(ConfigResource.Topic("t"), "retention.ms", "6");
        Assert.Equal(6, resolver.TopicConfig(image, image.TopicOrNull("t")).RetentionMs);
        Assert.Equal(4, resolver.TopicConfig(image, null).RetentionMs);

        Assert.Equal(
            [
                new ConfigSynonym("retention.ms", "6", ConfigSource.Topic),
                new ConfigSynonym("log.retention.ms", "4", ConfigSource.DynamicBroker),
                new ConfigSynonym("log.retention.ms", "3", ConfigSource.DynamicDefaultBroker),
                new ConfigSynonym("log.retention.hours", "2", ConfigSource.StaticBroker),
                new ConfigSynonym("log.retention.hours", "168", ConfigSource.Default),
            ],
            Retention().Synonyms.AsEnumerable());
    }

    [Fact]
    public void The_typed_view_has_Kafkas_defaults()
    {
        var config = new ConfigResolver(1, new Dictionary<string, string>()).TopicConfig(ClusterImage.Empty, null);

        Assert.Equal(
            new TopicConfig
            {
                Delete = true,
                Compact = false,
                Compression = null,
                GzipLevel = -1,
                Lz4Level = 9,
                ZstdLevel = 3,
                RetentionMs = 604_800_000,
                RetentionBytes = -1,
                SegmentBytes = 1 << 30,
                SegmentMs = 604_800_000,
                SegmentJitterMs = 0,
                SegmentIndexBytes = 10 << 20,
                IndexIntervalBytes = 4096,
                FileDeleteDelayMs = 60_000,
                MaxMessageBytes = 1_048_588,
                TimestampType = TimestampType.CreateTime,
                TimestampBeforeMaxMs = long.MaxValue,
                TimestampAfterMaxMs = 3_600_000,
                MinInsyncReplicas = 1,
            },
            config);
    }

    [Fact]
    public void Broker_values_are_shown_with_their_sources_and_a_coarser_unit_is_not_taken_for_the_value()
    {
        var resolver = new ConfigResolver(1, new Dictionary<string, string> { ["num.partitions"] = "3", ["message.max.bytes"] = "1048588" });
        var entries = resolver.DescribeBroker(ClusterImage.Empty).ToDictionary(e => e.Name);

        Assert.Equal(("3", ConfigSource.StaticBroker, true), (entries["num.partitions"].Value, entries["num.partitions"].Source, entries["num.partitions"].Key.ReadOnly));
        Assert.Equal(("1048588", ConfigSource.Default, false), (entries["message.max.bytes"].Value, entries["message.max.bytes"].Source, entries["message.max.bytes"].Key.ReadOnly));
        Assert.Null(entries["log.retention.ms"].Value);
        Assert.Equal("168", entries["log.retention.hours"].Value);
        Assert.Equal(3, resolver.BrokerInt(ClusterImage.Empty, "num.partitions"));
        Assert.True(resolver.BrokerBool(ClusterImage.Empty, "auto.create.topics.enable"));
    }
}

using static FlyMQ.Metadata.Configs.ConfigRule;
using static FlyMQ.Metadata.Configs.ConfigType;

namespace FlyMQ.Metadata.Configs;

/// <summary>
/// The broker configurations FlyMQ has under Kafka's names. Those that are not read-only can be changed while brokers run, for one broker
/// or for all, and live in the metadata log. The defaults of topics are among them; their ranges are the topic keys' own.
/// </summary>
public static class BrokerConfigs
{
    public static readonly ConfigTable Table = new("broker", [.. TopicDefaults(), .. Own()]);

    /// <summary>Every broker key that gives topics a default: type, range and effect are those of the topic key.</summary>
    private static IEnumerable<ConfigKey> TopicDefaults() =>
        from key in TopicConfigs.Table.Keys
        from synonym in key.BrokerSynonyms
        select new ConfigKey(
            synonym.Name,
            synonym.Factor == 1 ? key.Type : Int,
            Default(key, synonym),
            synonym.Factor == 1 ? key.Rule : Any,
            $"The {key.Name} of topics that do not set it{Unit(synonym)}.")
        // The coarser units are for the configuration file alone, as in Kafka.
        { NoEffectYet = key.NoEffectYet, ReadOnly = synonym.Factor != 1 };

    // Where Kafka has the same value in several units, its default is in the coarsest one.
    private static string? Default(ConfigKey key, BrokerSynonym synonym) =>
        !ReferenceEquals(synonym, key.BrokerSynonyms[^1]) ? null
        : synonym.Factor == 1 ? key.Default
        : (long.Parse(key.Default!, System.Globalization.CultureInfo.InvariantCulture) / synonym.Factor).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Unit(BrokerSynonym synonym) => synonym.Factor switch
    {
        60_000 => ", in minutes",
        3_600_000 => ", in hours",
        _ => "",
    };

    private static IEnumerable<ConfigKey> Own() =>
    [
        Fixed("advertised.listeners", List, null, Any, "The addresses clients are told, one per listener."),
        Fixed("auto.create.topics.enable", ConfigType.Boolean, "true", Any, "Whether a topic is created when a client asks for one that does not exist."),
        Fixed("broker.id", Int, "-1", Any, "This node's number; the same as node.id."),
        Fixed("broker.rack", ConfigType.String, null, Any, "Where this node stands; replicas are spread over racks."),
        Fixed("connections.max.idle.ms", Long, "600000", Any, "A connection without a request for so long is closed, in milliseconds."),
        Fixed("default.replication.factor", Int, "1", Any, "Replicas of a topic that is created without saying how many."),
        Fixed("delete.topic.enable", ConfigType.Boolean, "true", Any, "Whether topics may be deleted at all."),
        Fixed("fetch.max.bytes", Int, "57671680", AtLeast(1024), "The most bytes one Fetch is answered with, whatever the client asks for."),
        Fixed("group.consumer.heartbeat.interval.ms", Int, "5000", AtLeast(1), "The heartbeat interval of consumer groups, in milliseconds.", noEffect: true),
        Fixed("group.consumer.session.timeout.ms", Int, "45000", AtLeast(1), "The session timeout of consumer groups, in milliseconds.", noEffect: true),
        Fixed("group.coordinator.rebalance.protocols", List, "classic", ListOf("classic"), "The group protocols this broker speaks."),
        Fixed("group.initial.rebalance.delay.ms", Int, "3000", Any, "How long a new classic group waits for more members before its first rebalance, in milliseconds."),
        Fixed("group.max.session.timeout.ms", Int, "1800000", Any, "The longest session timeout a group member may ask for, in milliseconds."),
        Fixed("group.max.size", Int, "2147483647", AtLeast(1), "The most members of one group."),
        Fixed("group.min.session.timeout.ms", Int, "6000", Any, "The shortest session timeout a group member may ask for, in milliseconds."),
        Fixed("inter.broker.listener.name", ConfigType.String, null, Any, "The listener brokers reach each other by."),
        Fixed("listener.security.protocol.map", ConfigType.String, "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT", Any, "Which security each listener name has."),
        Fixed("listeners", List, "PLAINTEXT://:9092", Any, "Where this broker listens."),
        Fixed("log.dir", List, null, Any, "The folder of all data; the same as log.dirs."),
        Fixed("log.dirs", List, null, Any, "The folder of all data."),
        Fixed("log.retention.check.interval.ms", Long, "300000", AtLeast(1), "How often segments past their retention are looked for, in milliseconds."),
        new ConfigKey("max.connections", Int, "2147483647", AtLeast(0), "The most connections of clients at one time."),
        new ConfigKey("max.connections.per.ip", Int, "2147483647", AtLeast(0), "The most connections from one address at one time."),
        Fixed("max.incremental.fetch.session.cache.slots", Int, "1000", AtLeast(0), "The most fetch sessions kept at one time."),
        Fixed("max.request.partition.size.limit", Int, "2000", AtLeast(1), "The most partitions one answer of DescribeTopicPartitions has."),
        Fixed("node.id", Int, "0", AtLeast(0), "This node's number."),
        Fixed("num.partitions", Int, "1", AtLeast(1), "Partitions of a topic that is created without saying how many."),
        Fixed("offset.metadata.max.bytes", Int, "4096", Any, "The longest text that may accompany a committed offset, in bytes."),
        Fixed("offsets.commit.timeout.ms", Int, "5000", AtLeast(1), "How long an offset commit waits for its replicas, in milliseconds."),
        Fixed("offsets.retention.check.interval.ms", Long, "600000", AtLeast(1), "How often expired offsets are looked for, in milliseconds."),
        Fixed("offsets.retention.minutes", Int, "10080", AtLeast(1), "Offsets of a group without members expire after so many minutes."),
        Fixed("offsets.topic.num.partitions", Int, "50", AtLeast(1), "Partitions of __consumer_offsets."),
        Fixed("offsets.topic.replication.factor", Short, "3", AtLeast(1), "Replicas of __consumer_offsets, or one per node where there are fewer nodes."),
        Fixed("offsets.topic.segment.bytes", Int, "104857600", AtLeast(1), "The segment.bytes of __consumer_offsets."),
        Fixed("process.roles", List, "broker,controller", ListOf("broker", "controller"), "What this node is."),
        new ConfigKey("producer.id.expiration.ms", Int, "86400000", AtLeast(1), "A producer id that wrote nothing for so long is forgotten, in milliseconds."),
        Fixed("queued.max.request.bytes", Long, "-1", Any, "The most bytes of requests in flight, of all connections together."),
        Fixed("replica.lag.time.max.ms", Long, "30000", Any, "A follower that is behind for so long leaves the in-sync set, in milliseconds.", noEffect: true),
        Fixed("socket.request.max.bytes", Int, "104857600", AtLeast(1), "The largest request, in bytes; a larger one closes its connection."),
        Fixed("telemetry.max.bytes", Int, "1048576", AtLeast(1), "The most bytes of one push of a client's own metrics."),
    ];

    private static ConfigKey Fixed(string name, ConfigType type, string? @default, ConfigRule rule, string about, bool noEffect = false) =>
        new(name, type, @default, rule, about) { ReadOnly = true, NoEffectYet = noEffect };
}

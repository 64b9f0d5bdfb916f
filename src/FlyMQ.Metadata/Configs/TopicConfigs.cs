using static FlyMQ.Metadata.Configs.ConfigRule;
using static FlyMQ.Metadata.Configs.ConfigType;

namespace FlyMQ.Metadata.Configs;

/// <summary>The configuration keys of a topic: Kafka 4.4's names, types, defaults and ranges. docs/topic-configs.md is made from this table.</summary>
public static class TopicConfigs
{
    private const long HourMs = 3_600_000;

    public static readonly ConfigTable Table = new(
        "topic",
        new ConfigKey("cleanup.policy", List, "delete", ListOf("compact", "delete"),
            "What happens to old records: 'delete' drops whole segments by age and size; 'compact' keeps the last record of every key "
            + "(records without a key are refused). A compacted topic is retained whole so far: nothing is compacted yet.")
            { BrokerSynonyms = [new("log.cleanup.policy")] },
        new ConfigKey("compression.gzip.level", Int, "-1", BetweenOr(1, 9, -1),
            "The gzip level when this topic recompresses with gzip; -1 is the codec's own default.") { BrokerSynonyms = [new("compression.gzip.level")] },
        new ConfigKey("compression.lz4.level", Int, "9", Between(1, 17),
            "The lz4 level when this topic recompresses with lz4.") { BrokerSynonyms = [new("compression.lz4.level")] },
        new ConfigKey("compression.type", ConfigType.String, "producer", OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
            "How batches are stored: 'producer' keeps them as they were sent, any other value rewrites those that are compressed differently.")
            { BrokerSynonyms = [new("compression.type")] },
        new ConfigKey("compression.zstd.level", Int, "3", Between(-131072, 22),
            "The zstd level when this topic recompresses with zstd.") { BrokerSynonyms = [new("compression.zstd.level")] },
        new ConfigKey("delete.retention.ms", Long, "86400000", AtLeast(0),
            "How long a compacted topic keeps the marker of a deleted key, in milliseconds.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.cleaner.delete.retention.ms")] },
        new ConfigKey("errors.deadletterqueue.group.enable", ConfigType.Boolean, "false", Any,
            "Whether share groups may use this topic as their dead-letter queue.") { NoEffectYet = true },
        new ConfigKey("file.delete.delay.ms", Long, "60000", AtLeast(0),
            "How long the files of a deleted segment stay on disk after they left the log, in milliseconds.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.segment.delete.delay.ms")] },
        new ConfigKey("flush.messages", Long, "9223372036854775807", AtLeast(1),
            "Flush to disk after this many records. The broker's 'storage.sync' decides about flushing for all topics together.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.flush.interval.messages")] },
        new ConfigKey("flush.ms", Long, "9223372036854775807", AtLeast(0),
            "Flush to disk after this many milliseconds. The broker's 'storage.sync' decides about flushing for all topics together.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.flush.interval.ms")] },
        new ConfigKey("follower.replication.throttled.replicas", List, "", Throttled,
            "The replicas whose fetching as follower is throttled: 'partition:broker' pairs, or '*' for all.") { NoEffectYet = true },
        new ConfigKey("index.interval.bytes", Int, "4096", AtLeast(0),
            "How many bytes of records there are between two entries of a segment's offset index.")
            { BrokerSynonyms = [new("log.index.interval.bytes")] },
        new ConfigKey("leader.replication.throttled.replicas", List, "", Throttled,
            "The replicas whose serving of followers is throttled: 'partition:broker' pairs, or '*' for all.") { NoEffectYet = true },
        new ConfigKey("local.retention.bytes", Long, "-2", AtLeast(-2),
            "With tiered storage: how many bytes of a partition stay on the broker; -2 means as retention.bytes says.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.local.retention.bytes")] },
        new ConfigKey("local.retention.ms", Long, "-2", AtLeast(-2),
            "With tiered storage: how long records stay on the broker, in milliseconds; -2 means as retention.ms says.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.local.retention.ms")] },
        new ConfigKey("max.compaction.lag.ms", Long, "9223372036854775807", AtLeast(1),
            "A record of a compacted topic is compacted at the latest this many milliseconds after it was written.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.cleaner.max.compaction.lag.ms")] },
        new ConfigKey("max.decompressed.message.bytes", Int, "2147483639", Between(1, 2147483639),
            "The most bytes a batch may have after decompression, where the broker has to look into it.")
            { NoEffectYet = true, BrokerSynonyms = [new("max.decompressed.message.bytes")] },
        new ConfigKey("max.message.bytes", Int, "1048588", AtLeast(0),
            "The largest batch that is accepted, in bytes as sent (compressed). A larger one is refused with MESSAGE_TOO_LARGE.")
            { BrokerSynonyms = [new("message.max.bytes")] },
        new ConfigKey("message.timestamp.after.max.ms", Long, "3600000", AtLeast(0),
            "How far in the future a record's timestamp may be, in milliseconds; with message.timestamp.type=LogAppendTime it does not matter.")
            { BrokerSynonyms = [new("log.message.timestamp.after.max.ms")] },
        new ConfigKey("message.timestamp.before.max.ms", Long, "9223372036854775807", AtLeast(0),
            "How far in the past a record's timestamp may be, in milliseconds; with message.timestamp.type=LogAppendTime it does not matter.")
            { BrokerSynonyms = [new("log.message.timestamp.before.max.ms")] },
        new ConfigKey("message.timestamp.type", ConfigType.String, "CreateTime", OneOf("CreateTime", "LogAppendTime"),
            "Whose time a record carries: the producer's (CreateTime) or the broker's at append (LogAppendTime).")
            { BrokerSynonyms = [new("log.message.timestamp.type")] },
        new ConfigKey("min.cleanable.dirty.ratio", ConfigType.Double, "0.5", Between(0, 1),
            "Which part of a compacted log has to be uncompacted before it is compacted again.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.cleaner.min.cleanable.ratio")] },
        new ConfigKey("min.compaction.lag.ms", Long, "0", AtLeast(0),
            "A record of a compacted topic is left alone for at least this many milliseconds.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.cleaner.min.compaction.lag.ms")] },
        new ConfigKey("min.insync.replicas", Int, "1", AtLeast(1),
            "A produce with acks=all is refused with NOT_ENOUGH_REPLICAS while fewer replicas than this are in sync.")
            { BrokerSynonyms = [new("min.insync.replicas")] },
        new ConfigKey("preallocate", ConfigType.Boolean, "false", Any,
            "Whether a new segment's space is reserved on disk at once.") { NoEffectYet = true, BrokerSynonyms = [new("log.preallocate")] },
        new ConfigKey("remote.copy.lag.bytes", Long, "-1", AtLeast(-1),
            "With tiered storage: a segment is copied once this many bytes follow it; -1 for no such bound.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.remote.copy.lag.bytes")] },
        new ConfigKey("remote.copy.lag.ms", Long, "0", AtLeast(-1),
            "With tiered storage: a segment is copied once it is this old, in milliseconds; 0 as soon as it is closed.")
            { NoEffectYet = true, BrokerSynonyms = [new("log.remote.copy.lag.ms")] },
        new ConfigKey("remote.log.copy.disable", ConfigType.Boolean, "false", Any,
            "With tiered storage: stops copying while what was copied stays readable.") { NoEffectYet = true },
        new ConfigKey("remote.log.delete.on.disable", ConfigType.Boolean, "false", Any,
            "With tiered storage: whether what was copied is deleted when tiering is switched off.") { NoEffectYet = true },
        new ConfigKey("remote.storage.enable", ConfigType.Boolean, "false", Form("false", v => v.Equals("false", StringComparison.OrdinalIgnoreCase), "Tiered storage is disabled in the broker"),
            "Tiered storage for this topic. FlyMQ has none, so only 'false' is accepted.") { NoEffectYet = true },
        new ConfigKey("retention.bytes", Long, "-1", Any,
            "The oldest segments of a partition are deleted while it is larger than this many bytes; -1 for no bound.")
            { BrokerSynonyms = [new("log.retention.bytes")] },
        new ConfigKey("retention.ms", Long, "604800000", AtLeast(-1),
            "A segment is deleted when its newest record is older than this many milliseconds; -1 keeps records for ever.")
            { BrokerSynonyms = [new("log.retention.ms"), new("log.retention.minutes", 60_000), new("log.retention.hours", HourMs)] },
        new ConfigKey("segment.bytes", Int, "1073741824", AtLeast(1048576),
            "The size at which a segment is closed and a new one begun, in bytes. Retention works by whole segments.")
            { BrokerSynonyms = [new("log.segment.bytes")] },
        new ConfigKey("segment.index.bytes", Int, "10485760", AtLeast(4),
            "The largest index of a segment, in bytes; a segment whose index is full is closed.")
            { BrokerSynonyms = [new("log.index.size.max.bytes")] },
        new ConfigKey("segment.jitter.ms", Long, "0", AtLeast(0),
            "At most this many milliseconds are taken off segment.ms, partition by partition, so that not all segments are closed at one time.")
            { BrokerSynonyms = [new("log.roll.jitter.ms"), new("log.roll.jitter.hours", HourMs)] },
        new ConfigKey("segment.ms", Long, "604800000", AtLeast(1),
            "The age at which a segment is closed even when it is not full, in milliseconds.")
            { BrokerSynonyms = [new("log.roll.ms"), new("log.roll.hours", HourMs)] },
        new ConfigKey("unclean.leader.election.enable", ConfigType.Boolean, "false", Any,
            "Whether a replica that is not in sync may become leader when no other is left, which loses records.")
            { NoEffectYet = true, BrokerSynonyms = [new("unclean.leader.election.enable")] });

    private static ConfigRule Throttled => Form(
        "[partitionId]:[brokerId],[partitionId]:[brokerId],... or *",
        value => value is "" or "*" || ConfigValues.List(value).All(pair =>
            pair.Split(':') is [var partition, var broker] && int.TryParse(partition, out _) && int.TryParse(broker, out _)));
}

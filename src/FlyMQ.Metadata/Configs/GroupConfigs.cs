using static FlyMQ.Metadata.Configs.ConfigRule;
using static FlyMQ.Metadata.Configs.ConfigType;

namespace FlyMQ.Metadata.Configs;

/// <summary>
/// The keys of a group (KIP-848, KIP-932, KIP-1071). They belong to group protocols that FlyMQ does not have yet: kept and checked, so that
/// tools find them, without effect. Classic groups take their timeouts from their members.
/// </summary>
public static class GroupConfigs
{
    public static readonly ConfigTable Table = new(
        "group",
        Of("consumer.assignment.interval.ms", Int, "1000", AtLeast(0), "The least time between two assignments of a consumer group, in milliseconds."),
        Of("consumer.assignor.offload.enable", ConfigType.Boolean, "true", Any, "Whether a consumer group's assignment is computed beside the coordinator's work."),
        Of("consumer.heartbeat.interval.ms", Int, "5000", AtLeast(1), "How often members of a consumer group send heartbeats, in milliseconds."),
        Of("consumer.session.timeout.ms", Int, "45000", AtLeast(1), "A member of a consumer group that is silent for so long is removed, in milliseconds."),
        Of("errors.deadletterqueue.copy.record.enable", ConfigType.Boolean, "false", Any, "Whether a share group copies the record itself to its dead-letter queue."),
        Of("errors.deadletterqueue.topic.name", ConfigType.String, "", Any, "The topic a share group puts records into that it gave up."),
        Of("share.assignment.interval.ms", Int, "1000", AtLeast(0), "The least time between two assignments of a share group, in milliseconds."),
        Of("share.assignor.offload.enable", ConfigType.Boolean, "true", Any, "Whether a share group's assignment is computed beside the coordinator's work."),
        Of("share.auto.offset.reset", ConfigType.String, "latest", Form("[latest, earliest, by_duration:PnDTnHnMn.nS]", IsReset), "Where a share group begins that has no position."),
        Of("share.delivery.count.limit", Int, "5", AtLeast(2), "How often a record is delivered to a share group before it is given up."),
        Of("share.heartbeat.interval.ms", Int, "5000", AtLeast(1), "How often members of a share group send heartbeats, in milliseconds."),
        Of("share.isolation.level", ConfigType.String, "read_uncommitted", OneOf("read_committed", "read_uncommitted"), "Whether a share group reads records of open transactions."),
        Of("share.partition.max.record.locks", Int, "2000", AtLeast(100), "How many records of a partition may be with members of a share group at one time."),
        Of("share.record.lock.duration.ms", Int, "30000", AtLeast(1000), "How long a member of a share group has a record before it goes to another, in milliseconds."),
        Of("share.renew.acknowledge.enable", ConfigType.Boolean, "true", Any, "Whether a member of a share group may prolong its time with a record."),
        Of("share.session.timeout.ms", Int, "45000", AtLeast(1), "A member of a share group that is silent for so long is removed, in milliseconds."),
        Of("streams.acceptable.recovery.lag", Long, "10000", AtLeast(0), "How many records a streams task's state may be behind for its owner to count as caught up."),
        Of("streams.assignment.interval.ms", Int, "1000", AtLeast(0), "The least time between two assignments of a streams group, in milliseconds."),
        Of("streams.assignor.name", ConfigType.String, null, Any, "The assignor of a streams group; none for the broker's first."),
        Of("streams.assignor.offload.enable", ConfigType.Boolean, "true", Any, "Whether a streams group's assignment is computed beside the coordinator's work."),
        Of("streams.heartbeat.interval.ms", Int, "5000", AtLeast(1), "How often members of a streams group send heartbeats, in milliseconds."),
        Of("streams.initial.rebalance.delay.ms", Int, "3000", AtLeast(0), "How long a new streams group waits for more members before its first assignment, in milliseconds."),
        Of("streams.num.standby.replicas", Int, "0", AtLeast(0), "How many copies of each task's state a streams group keeps ready."),
        Of("streams.num.warmup.replicas", Int, "2", AtLeast(0), "How many tasks of a streams group may warm up on another member at one time."),
        Of("streams.rack.aware.assignment.tags", List, "", Any, "The client tags that tell apart where members of a streams group run."),
        Of("streams.session.timeout.ms", Int, "45000", AtLeast(1), "A member of a streams group that is silent for so long is removed, in milliseconds."),
        Of("streams.task.offset.interval.ms", Int, "60000", AtLeast(1), "How often members of a streams group report how far their tasks are, in milliseconds."));

    private static ConfigKey Of(string name, ConfigType type, string? @default, ConfigRule rule, string about) =>
        new(name, type, @default, rule, about) { NoEffectYet = true };

    private static bool IsReset(string value) =>
        value is "latest" or "earliest" || (value.StartsWith("by_duration:P", StringComparison.Ordinal) && IsDuration(value["by_duration:".Length..]));

    private static bool IsDuration(string value)
    {
        try
        {
            return System.Xml.XmlConvert.ToTimeSpan(value) >= TimeSpan.Zero;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return false;
        }
    }
}

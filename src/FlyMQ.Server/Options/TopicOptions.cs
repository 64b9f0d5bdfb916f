using FlyMQ.Metadata.Configs;
using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>How topics come to be. The defaults of their configurations are in <see cref="BrokerOptions.KafkaBrokerConfigs"/>.</summary>
public sealed record TopicOptions
{
    public bool AutoCreate { get; init; } = TopicKeys.AutoCreate.Default;

    public bool AllowDelete { get; init; } = TopicKeys.AllowDelete.Default;

    public int NumPartitions { get; init; } = TopicKeys.NumPartitions.Default;

    public short DefaultReplicationFactor { get; init; } = (short)TopicKeys.DefaultReplicationFactor.Default;

    internal static TopicOptions From(OptionValues values) => new()
    {
        AutoCreate = values.Get(TopicKeys.AutoCreate),
        AllowDelete = values.Get(TopicKeys.AllowDelete),
        NumPartitions = values.Get(TopicKeys.NumPartitions),
        DefaultReplicationFactor = (short)values.Get(TopicKeys.DefaultReplicationFactor),
    };
}

internal static class TopicKeys
{
    public static readonly OptionSection Section = new("topics", "How topics come to be, and what holds for those that say nothing themselves.");

    public static readonly OptionKey<bool> AutoCreate = Section.Key(
        "auto_create", OptionTypes.Boolean, true, "Whether a topic is created when a client asks for one that does not exist.", "auto.create.topics.enable");

    public static readonly OptionKey<bool> AllowDelete = Section.Key(
        "allow_delete", OptionTypes.Boolean, true, "Whether topics may be deleted at all.", "delete.topic.enable");

    public static readonly OptionKey<int> NumPartitions = Section.Key(
        "num_partitions", Whole(1, 100_000), 1, "Partitions of a topic that is created without saying how many.", "num.partitions");

    public static readonly OptionKey<int> DefaultReplicationFactor = Section.Key(
        "default_replication_factor", Whole(1, short.MaxValue), 1, "Replicas of a topic that is created without saying how many.", "default.replication.factor");

    /// <summary>One key for every topic configuration that a broker gives a default to: <c>topics.retention_ms</c> is Kafka's <c>log.retention.ms</c>.</summary>
    public static readonly IReadOnlyList<OptionKey<string>> Defaults =
    [
        .. from key in TopicConfigs.Table.Keys
           where key.BrokerSynonyms.Count > 0
           select Section.Key(
               key.Name.Replace('.', '_'), Topic(key), key.Default ?? "", key.Documentation, key.BrokerSynonyms[0].Name, dynamic: true, notThereYet: key.NoEffectYet),
    ];
}

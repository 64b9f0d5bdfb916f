using System.Collections.Immutable;
using FlyMQ.Records;

namespace FlyMQ.Metadata;

/// <summary>
/// All metadata of the cluster at one position of the metadata log. Immutable and swapped whole: a reader takes
/// <see cref="IMetadataQuorum.Image"/> once and sees one consistent state without a lock. The collections are persistent trees, so that
/// one more topic costs the logarithm of their number.
/// </summary>
public sealed record ClusterImage
{
    public static readonly ClusterImage Empty = new();

    internal ClusterImage()
    {
    }

    /// <summary>How many commands have been applied; the state machine takes its broker epochs from it.</summary>
    public long Version { get; internal init; }

    /// <summary>Made once, <see cref="Guid.Empty"/> before; shown as <see cref="ClusterIdText"/>.</summary>
    public Guid ClusterId { get; internal init; }

    public string ClusterIdText => KafkaUuid.ToText(ClusterId);

    public ImmutableSortedDictionary<int, BrokerImage> Brokers { get; internal init; } = ImmutableSortedDictionary<int, BrokerImage>.Empty;

    public ImmutableDictionary<string, TopicImage> Topics { get; internal init; } =
        ImmutableDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    public ImmutableDictionary<Guid, TopicImage> TopicsById { get; internal init; } = ImmutableDictionary<Guid, TopicImage>.Empty;

    /// <summary>Overrides of brokers, groups and client-metrics resources; a topic's are in <see cref="TopicImage.Configs"/>.</summary>
    public ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Configs { get; internal init; } =
        ImmutableSortedDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>The first producer id that no block holds yet.</summary>
    public long NextProducerId { get; internal init; }

    /// <summary>Finalized feature levels (KIP-584), such as <c>metadata.version</c>.</summary>
    public ImmutableSortedDictionary<string, short> Features { get; internal init; } =
        ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal);

    /// <summary>Topics that differ by <c>.</c> and <c>_</c> alone share one key here, which is what makes two of them collide.</summary>
    internal ImmutableDictionary<string, string> TopicByFoldedName { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Sum over all topics, kept so that nobody counts.</summary>
    public int PartitionCount { get; internal init; }

    public RecentCommands Recent { get; internal init; } = RecentCommands.None;

    public TopicImage? TopicOrNull(string name) => Topics.GetValueOrDefault(name);

    public TopicImage? TopicOrNull(Guid id) => TopicsById.GetValueOrDefault(id);

    public PartitionImage? PartitionOrNull(TopicIdPartition partition) => TopicOrNull(partition.TopicId)?.PartitionOrNull(partition.Partition);

    public BrokerImage? BrokerOrNull(int id) => Brokers.GetValueOrDefault(id);

    /// <summary>The overrides set on a resource itself; empty when there are none.</summary>
    public ImmutableSortedDictionary<string, string> ConfigsOf(ConfigResource resource) =>
        resource.Type == ConfigResourceType.Topic
            ? TopicOrNull(resource.Name)?.Configs ?? NoConfigs
            : Configs.GetValueOrDefault(resource, NoConfigs);

    /// <summary>The existing topic whose name collides with <paramref name="name"/> by <c>.</c> and <c>_</c>, if there is one.</summary>
    public string? CollidingTopic(string name) => TopicByFoldedName.GetValueOrDefault(Fold(name));

    internal static readonly ImmutableSortedDictionary<string, string> NoConfigs =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    internal static string Fold(string topic) => topic.Replace('.', '_');
}

using System.Collections.Frozen;

namespace FlyMQ.Metadata;

/// <summary>
/// From one image to a later one, possibly several commands later, with what differs, so that a follower of the image never compares
/// all topics.
/// </summary>
public sealed class ClusterChange
{
    public required ClusterImage Before { get; init; }

    public required ClusterImage After { get; init; }

    /// <summary>Topics that were created, changed (partitions, leaders, configuration) or deleted: look them up in both images.</summary>
    public required IReadOnlySet<Guid> Topics { get; init; }

    /// <summary>Brokers that registered, were fenced, unfenced or left.</summary>
    public required IReadOnlySet<int> Brokers { get; init; }

    /// <summary>Resources other than topics whose overrides changed. Those of brokers change what holds for every topic.</summary>
    public required IReadOnlySet<ConfigResource> Configs { get; init; }

    public bool IsEmpty => Topics.Count == 0 && Brokers.Count == 0 && Configs.Count == 0 && ReferenceEquals(Before, After);

    public void Deconstruct(out ClusterImage before, out ClusterImage after) => (before, after) = (Before, After);

    /// <summary>Everything in <paramref name="image"/> as one change from <see cref="ClusterImage.Empty"/>.</summary>
    public static ClusterChange FromEmpty(ClusterImage image) => Between(ClusterImage.Empty, image);

    /// <summary>Compares two images completely: after a snapshot was installed, when nobody knows the commands between them.</summary>
    public static ClusterChange Between(ClusterImage before, ClusterImage after)
    {
        var topics = new HashSet<Guid>(before.TopicsById.Keys.Where(id => !after.TopicsById.ContainsKey(id)));
        topics.UnionWith(after.TopicsById.Where(t => !ReferenceEquals(before.TopicsById.GetValueOrDefault(t.Key), t.Value)).Select(t => t.Key));
        var brokers = before.Brokers.Keys.Concat(after.Brokers.Keys)
            .Where(id => !ReferenceEquals(before.BrokerOrNull(id), after.BrokerOrNull(id)));
        var configs = before.Configs.Keys.Concat(after.Configs.Keys)
            .Where(r => !ReferenceEquals(before.Configs.GetValueOrDefault(r), after.Configs.GetValueOrDefault(r)));
        return new ClusterChange { Before = before, After = after, Topics = topics, Brokers = brokers.ToFrozenSet(), Configs = configs.ToFrozenSet() };
    }

    /// <summary>This change and the one right after it, as one.</summary>
    public ClusterChange Then(ClusterChange next) => new()
    {
        Before = Before,
        After = next.After,
        Topics = Union(Topics, next.Topics),
        Brokers = Union(Brokers, next.Brokers),
        Configs = Union(Configs, next.Configs),
    };

    private static IReadOnlySet<T> Union<T>(IReadOnlySet<T> first, IReadOnlySet<T> second) =>
        first.Count == 0 ? second : second.Count == 0 ? first : new HashSet<T>(first.Concat(second));
}

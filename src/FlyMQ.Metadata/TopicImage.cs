using System.Collections.Immutable;

namespace FlyMQ.Metadata;

/// <summary>A topic with its partitions, dense from 0, and the configuration that was set on it.</summary>
/// <param name="Configs">Only what was set on the topic itself, as Kafka's texts.</param>
public sealed record TopicImage(
    Guid Id,
    string Name,
    bool IsInternal,
    ImmutableArray<PartitionImage> Partitions,
    ImmutableSortedDictionary<string, string> Configs)
{
    public PartitionImage? PartitionOrNull(int partition) =>
        (uint)partition < (uint)Partitions.Length ? Partitions[partition] : null;
}

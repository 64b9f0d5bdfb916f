using System.Collections.Immutable;
using FlyMQ.Records;

namespace FlyMQ.Metadata;

/// <summary>Who holds a partition and who leads it. Every change raises <paramref name="PartitionEpoch"/>; a change of leader raises both epochs.</summary>
/// <param name="Leader">A broker id, or <see cref="NoLeader"/>.</param>
/// <param name="Replicas">The first one is the preferred leader.</param>
/// <param name="Isr">Never empty: the last in-sync replica stays in it while it is away.</param>
public sealed record PartitionImage(
    int Leader,
    LeaderEpoch LeaderEpoch,
    int PartitionEpoch,
    ImmutableArray<int> Replicas,
    ImmutableArray<int> Isr)
{
    /// <summary>Kafka's "no leader".</summary>
    public const int NoLeader = -1;

    public bool HasLeader => Leader != NoLeader;
}

using System.Collections.Immutable;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Commands;

/// <summary>A leader's wish for a new ISR of one partition, with the epochs it believes in.</summary>
public sealed record PartitionChange(Guid TopicId, int Partition, LeaderEpoch LeaderEpoch, int PartitionEpoch, ImmutableArray<int> NewIsr);

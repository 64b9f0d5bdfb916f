using System.Collections.Immutable;

namespace FlyMQ.Metadata.Commands;

/// <summary>Partitions to be added to a topic, behind the <paramref name="ExpectedCount"/> it had when they were placed.</summary>
public sealed record NewPartitions(Guid TopicId, int ExpectedCount, ImmutableArray<ImmutableArray<int>> Assignments);

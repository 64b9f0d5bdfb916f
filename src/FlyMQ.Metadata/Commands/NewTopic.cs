using System.Collections.Immutable;

namespace FlyMQ.Metadata.Commands;

/// <summary>A topic to be created: its id, where each partition goes (the first replica is the preferred leader), its configuration.</summary>
public sealed record NewTopic(
    Guid TopicId,
    string Name,
    bool IsInternal,
    ImmutableArray<ImmutableArray<int>> Assignments,
    ImmutableSortedDictionary<string, string> Configs);

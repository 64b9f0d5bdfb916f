using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace FlyMQ.Broker.Coordinators;

/// <summary>
/// How often each group has committed offsets of each topic since this process started: one for each request and topic. Topics are told by id, so that one
/// that is created again starts at zero; a group's numbers leave with it. Safe to call from any thread.
/// </summary>
internal sealed class GroupCommits
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Guid, StrongBox<long>>> _byGroup = new(StringComparer.Ordinal);

    public void Count(string group, Guid topicId)
    {
        var ofGroup = _byGroup.GetOrAdd(group, static _ => new ConcurrentDictionary<Guid, StrongBox<long>>());
        Interlocked.Increment(ref ofGroup.GetOrAdd(topicId, static _ => new StrongBox<long>()).Value);
    }

    public IReadOnlyList<(Guid TopicId, long Commits)> Of(string group) =>
        _byGroup.TryGetValue(group, out var ofGroup) ? [.. ofGroup.Select(t => (t.Key, Interlocked.Read(ref t.Value.Value)))] : [];

    public void ForgetGroup(string group) => _byGroup.TryRemove(group, out _);

    public void ForgetTopic(Guid topicId)
    {
        foreach (var ofGroup in _byGroup.Values)
        {
            ofGroup.TryRemove(topicId, out _);
        }
    }
}

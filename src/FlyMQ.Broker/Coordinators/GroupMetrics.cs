using FlyMQ.Coordination;
using FlyMQ.Partitions;

namespace FlyMQ.Broker.Coordinators;

/// <summary>
/// What is known of groups beside their shards: who reads which partition, and what is counted of them. Told by the shards when a group comes, changes and goes, so
/// that everything leaves with its group.
/// </summary>
/// <param name="traffic">What is fetched, by topic and group.</param>
/// <param name="max">How many groups are counted one by one: see <see cref="MeasuredGroups"/>.</param>
internal sealed class GroupMetrics(TopicTraffics traffic, int max = int.MaxValue)
{
    public MeasuredGroups Measured { get; } = new(max);

    public PartitionOwners Owners { get; } = new();

    public GroupCommits Commits { get; } = new();

    /// <summary>A group's record was applied, or its shard was loaded.</summary>
    public void Changed(GroupShard shard, string group) => Owners.Set(group, LabelOf(group), shard.AssignedOf(group));

    /// <summary>An offset of it was committed, which may be the first that is heard of it.</summary>
    public void Seen(string group) => Measured.Of(group);

    /// <summary>Its shard lost it, for the moment at least: it is loaded again.</summary>
    public void Unloaded(string group) => Owners.Remove(group);

    /// <summary>It is gone, or gone to another node.</summary>
    public void Forgotten(string group)
    {
        Owners.Remove(group);
        if (Measured.Forget(group))
        {
            Commits.ForgetGroup(group);
            traffic.ForgetGroup(group);
        }
    }

    /// <summary>An offset commit succeeded for a topic.</summary>
    public void Committed(string group, Guid topicId)
    {
        // Topics that are rolled up are counted as one from the start. A group that is not known has been deleted since.
        if (Measured.LabelOf(group) is { } label && traffic.Find(topicId) is { } topic)
        {
            Commits.Count(label, topic.TopicId);
        }
    }

    private string LabelOf(string group)
    {
        Measured.Of(group);
        return Measured.LabelOf(group) ?? GroupLabels.Other;
    }
}

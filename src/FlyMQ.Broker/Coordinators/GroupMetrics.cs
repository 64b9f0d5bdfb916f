using FlyMQ.Coordination;
using FlyMQ.Partitions;

namespace FlyMQ.Broker.Coordinators;

/// <summary>
/// What is known of groups beside their shards: who reads which partition, and how often they have committed. Told by the shards when a group changes, so that
/// everything leaves with its group.
/// </summary>
internal sealed class GroupMetrics(TopicTraffics traffic)
{
    public PartitionOwners Owners { get; } = new();

    public GroupCommits Commits { get; } = new();

    /// <summary>A group's record was applied, or its shard was loaded.</summary>
    public void Changed(GroupShard shard, string group) => Owners.Set(group, shard.AssignedOf(group));

    /// <summary>Its shard lost it, for the moment at least: it is loaded again.</summary>
    public void Unloaded(string group) => Owners.Set(group, []);

    /// <summary>It is gone, or gone to another node.</summary>
    public void Forgotten(string group)
    {
        Owners.Set(group, []);
        Commits.ForgetGroup(group);
        traffic.ForgetGroup(group);
    }

    /// <summary>An offset commit succeeded for a topic.</summary>
    public void Committed(string group, Guid topicId)
    {
        // Topics that are rolled up are counted as one from the start.
        if (traffic.Find(topicId) is { } topic)
        {
            Commits.Count(group, topic.TopicId);
        }
    }
}

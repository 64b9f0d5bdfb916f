namespace FlyMQ.Records;

/// <summary>A partition by the id of its topic (KIP-516), so that a re-created topic is never mistaken for its predecessor.</summary>
public readonly record struct TopicIdPartition(Guid TopicId, int Partition)
{
    public override string ToString() => $"{TopicId:N}-{Partition}";
}

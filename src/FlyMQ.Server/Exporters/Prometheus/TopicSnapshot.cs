using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Records;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>A topic of one scrape, with those of its partitions that are on this node.</summary>
internal readonly record struct MeasuredTopic(TopicImage Image, TopicTraffic Traffic, IReadOnlyList<Partition> Partitions)
{
    public string Name => Image.Name;
}

/// <summary>
/// The topics of one scrape, so that every family shows the same ones: those with series of their own, by name, and those that are rolled up. A topic is here
/// from when its logs are until its deletion begins.
/// </summary>
internal sealed class TopicSnapshot
{
    /// <summary>The topic, and partition, that the rolled up ones are shown as. No topic can be called that.</summary>
    public const string Other = "<other>";

    /// <summary>The partition that a topic's are shown as, together, where they are not told one by one.</summary>
    public const string AllPartitions = "<all>";

    private TopicSnapshot(ClusterImage image, IReadOnlyList<MeasuredTopic> own, IReadOnlyList<MeasuredTopic> rolledUp, TopicTraffics traffics)
    {
        Image = image;
        Own = own;
        RolledUp = rolledUp;
        OtherTraffic = traffics.Other;
        PartitionDetail = traffics.Limits.PartitionDetail;
    }

    public ClusterImage Image { get; }

    public IReadOnlyList<MeasuredTopic> Own { get; }

    public IReadOnlyList<MeasuredTopic> RolledUp { get; }

    public TopicTraffic OtherTraffic { get; }

    /// <summary>False where partitions are summed by topic, as <see cref="AllPartitions"/>, and offsets are left out.</summary>
    public bool PartitionDetail { get; }

    public bool HasRolledUp => RolledUp.Count > 0;

    public static TopicSnapshot Take(ClusterImage image, PartitionSet partitions)
    {
        List<MeasuredTopic> own = [], rolledUp = [];
        foreach (var topic in image.TopicsById.Values)
        {
            if (partitions.Traffic.Find(topic.Id) is { } traffic)
            {
                var measured = new MeasuredTopic(topic, traffic, Of(topic, partitions));
                (ReferenceEquals(traffic, partitions.Traffic.Other) ? rolledUp : own).Add(measured);
            }
        }

        own.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return new TopicSnapshot(image, own, rolledUp, partitions.Traffic);
    }

    /// <summary>The sum of something over all partitions that are rolled up.</summary>
    public long SumOfRolledUp(Func<Partition, long> value)
    {
        var sum = 0L;
        foreach (var topic in RolledUp)
        {
            foreach (var partition in topic.Partitions)
            {
                sum += value(partition);
            }
        }

        return sum;
    }

    private static List<Partition> Of(TopicImage topic, PartitionSet partitions)
    {
        var found = new List<Partition>(topic.Partitions.Length);
        for (var i = 0; i < topic.Partitions.Length; i++)
        {
            if (partitions.Find(new TopicIdPartition(topic.Id, i)) is { } partition)
            {
                found.Add(partition);
            }
        }

        return found;
    }
}

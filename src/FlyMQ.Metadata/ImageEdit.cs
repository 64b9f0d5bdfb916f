using System.Collections.Immutable;

namespace FlyMQ.Metadata;

/// <summary>One command at work on an image: the image so far, and what the command touched. Lives for one <see cref="MetadataStateMachine.Apply"/>.</summary>
internal sealed class ImageEdit(ClusterImage image)
{
    private readonly HashSet<Guid> _topics = [];
    private readonly HashSet<int> _brokers = [];
    private readonly HashSet<ConfigResource> _configs = [];

    public ClusterImage Before { get; init; } = image;

    public ClusterImage Image { get; private set; } = image;

    public void SetCluster(Guid clusterId, ImmutableSortedDictionary<string, short> features) =>
        Image = Image with { ClusterId = clusterId, Features = features };

    public void SetNextProducerId(long next) => Image = Image with { NextProducerId = next };

    public void Put(BrokerImage broker)
    {
        _brokers.Add(broker.Id);
        Image = Image with { Brokers = Image.Brokers.SetItem(broker.Id, broker) };
    }

    public void RemoveBroker(int id)
    {
        _brokers.Add(id);
        Image = Image with { Brokers = Image.Brokers.Remove(id) };
    }

    public void Put(TopicImage topic)
    {
        var previous = Image.TopicOrNull(topic.Id);
        _topics.Add(topic.Id);
        Image = Image with
        {
            Topics = Image.Topics.SetItem(topic.Name, topic),
            TopicsById = Image.TopicsById.SetItem(topic.Id, topic),
            TopicByFoldedName = previous is null ? Image.TopicByFoldedName.SetItem(ClusterImage.Fold(topic.Name), topic.Name) : Image.TopicByFoldedName,
            PartitionCount = Image.PartitionCount + topic.Partitions.Length - (previous?.Partitions.Length ?? 0),
        };
    }

    public void Remove(TopicImage topic)
    {
        _topics.Add(topic.Id);
        Image = Image with
        {
            Topics = Image.Topics.Remove(topic.Name),
            TopicsById = Image.TopicsById.Remove(topic.Id),
            TopicByFoldedName = Image.TopicByFoldedName.Remove(ClusterImage.Fold(topic.Name)),
            PartitionCount = Image.PartitionCount - topic.Partitions.Length,
        };
    }

    public void SetConfigs(ConfigResource resource, ImmutableSortedDictionary<string, string> configs)
    {
        if (resource.Type == ConfigResourceType.Topic)
        {
            Put(Image.Topics[resource.Name] with { Configs = configs });
            return;
        }

        _configs.Add(resource);
        Image = Image with { Configs = configs.IsEmpty ? Image.Configs.Remove(resource) : Image.Configs.SetItem(resource, configs) };
    }

    public void Remember(Guid command, CommandResult result) => Image = Image with { Recent = Image.Recent.With(command, result) };

    public ClusterChange ToChange() => new() { Before = Before, After = Image, Topics = _topics, Brokers = _brokers, Configs = _configs };
}

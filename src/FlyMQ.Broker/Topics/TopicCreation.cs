using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Topics;

/// <inheritdoc cref="ITopicCreation"/>
internal sealed class TopicCreation(IMetadataQuorum metadata, ILocalPartitions local, TopicDefaults defaults, Func<Guid> newId) : ITopicCreation
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ErrorCode>>> _underWay = new(StringComparer.Ordinal);

    public async ValueTask<ErrorCode> EnsureAsync(string topic, CancellationToken cancellation)
    {
        // In the image it is there before its partitions are: who comes in between waits with whoever creates it.
        if (metadata.Image.TopicOrNull(topic) is not null && !_underWay.ContainsKey(topic))
        {
            return ErrorCode.None;
        }

        var creation = _underWay.GetOrAdd(topic, name => new Lazy<Task<ErrorCode>>(() => CreateAsync(name)));
        try
        {
            return await creation.Value.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (creation.Value.IsCompleted)
            {
                _underWay.TryRemove(KeyValuePair.Create(topic, creation));
            }
        }
    }

    private async Task<ErrorCode> CreateAsync(string topic)
    {
        if (!TopicNames.IsValid(topic))
        {
            return ErrorCode.InvalidTopicException;
        }

        var image = metadata.Image;
        var isOffsets = topic == TopicNames.ConsumerOffsets;
        // An internal topic is better on fewer nodes than not there at all.
        var replicas = isOffsets ? Math.Min(defaults.OffsetsReplicationFactor, image.Brokers.Values.Count(b => b.IsActive)) : defaults.ReplicationFactor;
        if (ReplicaPlacement.Place(image, 0, isOffsets ? defaults.OffsetsPartitions : defaults.NumPartitions, replicas) is not { } assignments)
        {
            return ErrorCode.InvalidReplicationFactor;
        }

        var configs = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (isOffsets)
        {
            configs = configs
                .Add("cleanup.policy", "compact")
                .Add("compression.type", "producer")
                .Add("segment.bytes", defaults.OffsetsSegmentBytes.ToString(CultureInfo.InvariantCulture));
        }

        var result = await metadata.ProposeAsync(new CreateTopics(newId(), [new NewTopic(newId(), topic, isOffsets, assignments, configs)])).ConfigureAwait(false);
        var error = result.IsOk ? result.Items[0].Error : result.Error;
        if (error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            return error;
        }

        await local.WaitForAsync(metadata.Image.Version, CancellationToken.None).ConfigureAwait(false);
        return ErrorCode.None;
    }
}

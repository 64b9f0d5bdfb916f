using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using MetadataResponseTopic = FlyMQ.Protocol.Messages.Cluster.MetadataResponse.MetadataResponseTopic;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>
/// Metadata: brokers by the listener the client came in by, topics by name or id (KIP-516), and the first request for a topic that does not exist creates it where
/// that is allowed, answered with a leader once it is committed.
/// </summary>
internal sealed class MetadataHandler(IMetadataQuorum metadata, ITopicCreation creation, Func<bool> autoCreate) : IApiHandler<MetadataRequest, MetadataResponse>
{
    public async ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
    {
        var asked = request.Topics;
        // Version 0 has no null: there "all" is an empty list.
        var all = asked is null || (context.Version == 0 && asked.Count == 0);
        var refused = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        if (!all && request.AllowAutoTopicCreation && autoCreate())
        {
            foreach (var topic in asked!)
            {
                if (topic.Name is { } name && topic.TopicId == Guid.Empty && metadata.Image.TopicOrNull(name) is null
                    && await creation.EnsureAsync(name, context.Aborted).ConfigureAwait(false) is var error and not ErrorCode.None)
                {
                    refused[name] = error;
                }
            }
        }

        var image = metadata.Image;
        return new MetadataResponse
        {
            ClusterId = image.ClusterIdText,
            ControllerId = metadata.LeaderId ?? -1,
            Brokers =
            [
                .. from broker in image.Brokers.Values
                   where !broker.Fenced
                   let endpoint = broker.EndpointOf(context.Client.Listener)
                   where endpoint is not null
                   select new MetadataResponse.MetadataResponseBroker { NodeId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack },
            ],
            Topics = all
                ? [.. image.Topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => Describe(image, t))]
                : [.. asked!.Select(t => Find(image, t, refused))],
        };
    }

    private static MetadataResponseTopic Find(ClusterImage image, MetadataRequest.MetadataRequestTopic asked, Dictionary<string, ErrorCode> refused)
    {
        if (asked.TopicId != Guid.Empty)
        {
            return image.TopicOrNull(asked.TopicId) is { } byId
                ? Describe(image, byId)
                : new MetadataResponseTopic { ErrorCode = ErrorCode.UnknownTopicId, TopicId = asked.TopicId, Name = null };
        }

        if (asked.Name is not { } name)
        {
            return new MetadataResponseTopic { ErrorCode = ErrorCode.InvalidRequest, Name = null };
        }

        if (image.TopicOrNull(name) is { } topic)
        {
            return Describe(image, topic);
        }

        return new MetadataResponseTopic
        {
            Name = name,
            ErrorCode = !TopicNames.IsValid(name) ? ErrorCode.InvalidTopicException : refused.GetValueOrDefault(name, ErrorCode.UnknownTopicOrPartition),
        };
    }

    private static MetadataResponseTopic Describe(ClusterImage image, TopicImage topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = topic.IsInternal,
        Partitions =
        [
            .. topic.Partitions.Select((partition, index) => new MetadataResponse.MetadataResponsePartition
            {
                PartitionIndex = index,
                LeaderId = partition.Leader,
                LeaderEpoch = partition.LeaderEpoch.Value,
                ErrorCode = partition.HasLeader ? ErrorCode.None : ErrorCode.LeaderNotAvailable,
                ReplicaNodes = [.. partition.Replicas],
                IsrNodes = [.. partition.Isr],
                OfflineReplicas = [.. partition.Replicas.Where(r => image.BrokerOrNull(r) is not { Fenced: false })],
            }),
        ],
    };
}

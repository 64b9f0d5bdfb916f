using System.Collections.Immutable;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;
using CreatePartitionsTopic = FlyMQ.Protocol.Messages.Topics.CreatePartitionsRequest.CreatePartitionsTopic;
using TopicResult = FlyMQ.Protocol.Messages.Topics.CreatePartitionsResponse.CreatePartitionsTopicResult;

namespace FlyMQ.Broker.Apis.Topics;

/// <summary>CreatePartitions (KIP-195): each topic for itself, placed by the broker or as told, or only judged.</summary>
internal sealed class CreatePartitionsHandler(IMetadataQuorum metadata, ILocalPartitions local, Func<Guid> newId) : IApiHandler<CreatePartitionsRequest, CreatePartitionsResponse>
{
    public async ValueTask<CreatePartitionsResponse> HandleAsync(CreatePartitionsRequest request, RequestContext context)
    {
        var image = metadata.Image;
        var response = new CreatePartitionsResponse();
        var wanted = new List<(NewPartitions Partitions, TopicResult Result)>();
        var twice = request.Topics.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var asked in request.Topics.DistinctBy(t => t.Name))
        {
            var (partitions, error, message) = twice.Contains(asked.Name) ? (null, ErrorCode.InvalidRequest, "The topic is named twice in one request.") : Plan(image, asked);
            var result = new TopicResult { Name = asked.Name, ErrorCode = error, ErrorMessage = message };
            response.Results.Add(result);
            if (partitions is not null)
            {
                wanted.Add((partitions, result));
            }
        }

        if (wanted.Count == 0 || request.ValidateOnly)
        {
            return response;
        }

        var outcome = await metadata.ProposeAsync(new CreatePartitions(newId(), [.. wanted.Select(w => w.Partitions)]), context.Aborted).ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++)
        {
            wanted[i].Result.ErrorCode = outcome.IsOk ? outcome.Items[i].Error : outcome.Error;
            wanted[i].Result.ErrorMessage = outcome.IsOk ? outcome.Items[i].Message : outcome.Message;
        }

        await local.WaitForAsync(metadata.Image.Version, context.Aborted).ConfigureAwait(false);
        return response;
    }

    private static (NewPartitions? Partitions, ErrorCode Error, string? Message) Plan(ClusterImage image, CreatePartitionsTopic asked)
    {
        if (image.TopicOrNull(asked.Name) is not { } topic)
        {
            return (null, ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
        }

        var before = topic.Partitions.Length;
        if (asked.Count <= before)
        {
            return (null, ErrorCode.InvalidPartitions, asked.Count == before
                ? $"Topic already has {before} partition(s)."
                : $"The topic {asked.Name} currently has {before} partition(s); {asked.Count} would not be an increase.");
        }

        var added = asked.Count - before;
        if (added > CreateTopicsHandler.MostPartitions)
        {
            return (null, ErrorCode.PolicyViolation, $"{added} more partitions in one request; accepted: at most {CreateTopicsHandler.MostPartitions}.");
        }

        var replicationFactor = topic.Partitions[0].Replicas.Length;
        if (asked.Assignments is not { } told)
        {
            return ReplicaPlacement.Place(image, before, added, replicationFactor) is { } placed
                ? (new NewPartitions(topic.Id, before, placed), ErrorCode.None, null)
                : (null, ErrorCode.InvalidReplicationFactor, $"There are fewer active brokers than the topic's {replicationFactor} replicas.");
        }

        if (told.Count != added)
        {
            return (null, ErrorCode.InvalidReplicaAssignment, $"Attempted to add {added} additional partition(s), but only {told.Count} assignment(s) were specified.");
        }

        foreach (var replicas in told.Select(t => t.BrokerIds))
        {
            if (replicas.Count != replicationFactor || replicas.Distinct().Count() != replicas.Count)
            {
                return (null, ErrorCode.InvalidReplicaAssignment, $"Each partition needs {replicationFactor} distinct replica(s); told were {string.Join(", ", replicas)}.");
            }

            if (replicas.FindIndex(b => image.BrokerOrNull(b) is null) is >= 0 and var at)
            {
                return (null, ErrorCode.InvalidReplicaAssignment, $"Broker {replicas[at]} is not registered.");
            }
        }

        return (new NewPartitions(topic.Id, before, [.. told.Select(t => t.BrokerIds.ToImmutableArray())]), ErrorCode.None, null);
    }
}

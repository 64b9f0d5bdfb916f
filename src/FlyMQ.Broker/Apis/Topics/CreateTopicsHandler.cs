using System.Collections.Immutable;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Configs;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;
using CreatableTopic = FlyMQ.Protocol.Messages.Topics.CreateTopicsRequest.CreatableTopic;
using CreatableTopicResult = FlyMQ.Protocol.Messages.Topics.CreateTopicsResponse.CreatableTopicResult;

namespace FlyMQ.Broker.Apis.Topics;

/// <summary>
/// CreateTopics: each topic for itself, with the broker's defaults for −1 (KIP-464), manual assignments, configurations, or only judged (KIP-4); answered once the
/// partitions are led, with what holds for the topic (KIP-525).
/// </summary>
internal sealed class CreateTopicsHandler(
    IMetadataQuorum metadata, ILocalPartitions local, ConfigResolver configs, TopicDefaults defaults, Func<Guid> newId) : IApiHandler<CreateTopicsRequest, CreateTopicsResponse>
{
    internal const int MostPartitions = 10_000;

    public async ValueTask<CreateTopicsResponse> HandleAsync(CreateTopicsRequest request, RequestContext context)
    {
        // Kafka's bound for one request of its controller; without one a single number could ask for all memory.
        var asked = request.Topics.Sum(t => Math.Max((long)t.NumPartitions, t.Assignments.Count));
        if (asked > MostPartitions)
        {
            return new CreateTopicsResponse
            {
                Topics =
                [
                    .. request.Topics.DistinctBy(t => t.Name).Select(t => Refused(
                        t.Name, ErrorCode.PolicyViolation, $"{asked} partitions in one request; accepted: at most {MostPartitions}.")),
                ],
            };
        }

        var image = metadata.Image;
        var twice = request.Topics.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        var results = new Dictionary<string, CreatableTopicResult>(StringComparer.Ordinal);
        var wanted = new List<NewTopic>();
        foreach (var topic in request.Topics)
        {
            if (twice.Contains(topic.Name))
            {
                results[topic.Name] = Refused(topic.Name, ErrorCode.InvalidRequest, "The topic is named twice in one request.");
                continue;
            }

            var (planned, refusal) = Plan(image, topic);
            results[topic.Name] = refusal ?? Accepted(image, planned!);
            if (planned is not null)
            {
                wanted.Add(planned);
            }
        }

        if (wanted.Count > 0 && !request.validateOnly)
        {
            await CreateAsync(wanted, results, context.Aborted).ConfigureAwait(false);
        }

        return new CreateTopicsResponse { Topics = [.. results.Values] };
    }

    private async ValueTask CreateAsync(List<NewTopic> wanted, Dictionary<string, CreatableTopicResult> results, CancellationToken aborted)
    {
        var result = await metadata.ProposeAsync(new CreateTopics(newId(), [.. wanted]), aborted).ConfigureAwait(false);
        foreach (var (topic, index) in wanted.Select((t, i) => (t, i)))
        {
            var (error, message) = result.IsOk ? (result.Items[index].Error, result.Items[index].Message) : (result.Error, result.Message);
            if (error != ErrorCode.None)
            {
                results[topic.Name] = Refused(topic.Name, error, message);
            }
        }

        await local.WaitForAsync(metadata.Image.Version, aborted).ConfigureAwait(false);
    }

    private (NewTopic? Topic, CreatableTopicResult? Refusal) Plan(ClusterImage image, CreatableTopic topic)
    {
        (NewTopic?, CreatableTopicResult?) Refuse(ErrorCode error, string message) => (null, Refused(topic.Name, error, message));

        if (TopicNames.Problem(topic.Name) is { } problem)
        {
            return Refuse(ErrorCode.InvalidTopicException, problem);
        }

        if (image.TopicOrNull(topic.Name) is not null)
        {
            return Refuse(ErrorCode.TopicAlreadyExists, $"Topic '{topic.Name}' already exists.");
        }

        if (image.CollidingTopic(topic.Name) is { } other)
        {
            return Refuse(ErrorCode.InvalidTopicException, $"Topic '{topic.Name}' collides with existing topic: {other}");
        }

        if (topic.Configs.FirstOrDefault(c => c.Value is null) is { } empty)
        {
            return Refuse(ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {empty.Name}");
        }

        if (topic.Configs.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated)
        {
            return Refuse(ErrorCode.InvalidConfig, $"The configuration {repeated.Key} is given twice.");
        }

        if (TopicConfigs.Table.Problem(topic.Configs.Select(c => KeyValuePair.Create(c.Name, c.Value!))) is { } invalid)
        {
            return Refuse(ErrorCode.InvalidConfig, invalid);
        }

        var (assignments, error, message) = Assign(image, topic);
        if (assignments is null)
        {
            return Refuse(error, message);
        }

        var overrides = topic.Configs.ToImmutableSortedDictionary(c => c.Name, c => c.Value!, StringComparer.Ordinal);
        return (new NewTopic(newId(), topic.Name, topic.Name == TopicNames.ConsumerOffsets, assignments.Value, overrides), null);
    }

    private (ImmutableArray<ImmutableArray<int>>? Assignments, ErrorCode Error, string Message) Assign(ClusterImage image, CreatableTopic topic)
    {
        if (topic.Assignments.Count > 0)
        {
            return AssignAsTold(image, topic);
        }

        var partitions = topic.NumPartitions == -1 ? defaults.NumPartitions : topic.NumPartitions;
        if (partitions <= 0)
        {
            return (null, ErrorCode.InvalidPartitions, $"Number of partitions was set to an invalid non-positive value: {topic.NumPartitions}.");
        }

        var replicas = topic.ReplicationFactor == -1 ? defaults.ReplicationFactor : topic.ReplicationFactor;
        if (replicas <= 0)
        {
            return (null, ErrorCode.InvalidReplicationFactor, $"Replication factor must be larger than 0, or -1 to use the default value: {topic.ReplicationFactor}.");
        }

        return ReplicaPlacement.Place(image, 0, partitions, replicas) is { } placed
            ? (placed, ErrorCode.None, "")
            : (null, ErrorCode.InvalidReplicationFactor,
                $"Unable to replicate the partition {replicas} time(s): only {image.Brokers.Values.Count(b => b.IsActive)} broker(s) are registered and active.");
    }

    private static (ImmutableArray<ImmutableArray<int>>? Assignments, ErrorCode Error, string Message) AssignAsTold(ClusterImage image, CreatableTopic topic)
    {
        if (topic.NumPartitions != -1 || topic.ReplicationFactor != -1)
        {
            return (null, ErrorCode.InvalidRequest, "A manual partition assignment was specified, so number of partitions and replication factor must be -1.");
        }

        var byIndex = topic.Assignments.OrderBy(a => a.PartitionIndex).ToList();
        if (byIndex.Where((a, i) => a.PartitionIndex != i).Any())
        {
            return (null, ErrorCode.InvalidReplicaAssignment, "partitions should be a consecutive 0-based integer sequence.");
        }

        foreach (var partition in byIndex)
        {
            if (partition.BrokerIds.Count == 0 || partition.BrokerIds.Distinct().Count() != partition.BrokerIds.Count)
            {
                return (null, ErrorCode.InvalidReplicaAssignment, $"The replicas of partition {partition.PartitionIndex} are none or not distinct: {string.Join(", ", partition.BrokerIds)}.");
            }

            if (partition.BrokerIds.FindIndex(b => image.BrokerOrNull(b) is null) is >= 0 and var at)
            {
                return (null, ErrorCode.InvalidReplicaAssignment, $"Broker {partition.BrokerIds[at]} of partition {partition.PartitionIndex} is not registered.");
            }

            if (partition.BrokerIds.Count != byIndex[0].BrokerIds.Count)
            {
                return (null, ErrorCode.InvalidReplicaAssignment, "All partitions of a topic have the same number of replicas.");
            }
        }

        return ([.. byIndex.Select(a => a.BrokerIds.ToImmutableArray())], ErrorCode.None, "");
    }

    private CreatableTopicResult Accepted(ClusterImage image, NewTopic topic) => new()
    {
        Name = topic.Name,
        TopicId = topic.TopicId,
        NumPartitions = topic.Assignments.Length,
        ReplicationFactor = (short)topic.Assignments[0].Length,
        Configs =
        [
            .. configs.DescribeTopic(image, topic.Configs).Select(c => new CreateTopicsResponse.CreatableTopicConfigs
            {
                Name = c.Name, Value = c.Key.Sensitive ? null : c.Value, ConfigSource = (sbyte)c.Source, IsSensitive = c.Key.Sensitive, ReadOnly = c.Key.ReadOnly,
            }),
        ],
    };

    private static CreatableTopicResult Refused(string name, ErrorCode error, string? message) => new()
    {
        Name = name, ErrorCode = error, ErrorMessage = message, TopicConfigErrorCode = ErrorCode.None, Configs = [],
    };
}

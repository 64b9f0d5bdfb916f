using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>DescribeTopicPartitions (KIP-966): topics in order of their names, a page of partitions at a time; the cursor says where to go on.</summary>
internal sealed class DescribeTopicPartitionsHandler(IMetadataQuorum metadata) : IApiHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>
{
    private const int MostPartitions = 2000;

    public ValueTask<DescribeTopicPartitionsResponse> HandleAsync(DescribeTopicPartitionsRequest request, RequestContext context)
    {
        var image = metadata.Image;
        var names = request.Topics.Count > 0 ? request.Topics.Select(t => t.Name) : image.Topics.Keys;
        var response = new DescribeTopicPartitionsResponse();
        var left = Math.Clamp(request.ResponsePartitionLimit, 1, MostPartitions);
        foreach (var name in names.Distinct().Where(n => request.Cursor is null || string.CompareOrdinal(n, request.Cursor.TopicName) >= 0).Order(StringComparer.Ordinal))
        {
            var first = request.Cursor?.TopicName == name ? Math.Max(0, request.Cursor.PartitionIndex) : 0;
            if (left == 0)
            {
                response.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = first };
                break;
            }

            if (image.TopicOrNull(name) is not { } topic)
            {
                response.Topics.Add(new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
                {
                    Name = name, ErrorCode = TopicNames.IsValid(name) ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException,
                });
                continue;
            }

            var count = Math.Min(left, topic.Partitions.Length - first);
            response.Topics.Add(Describe(image, topic, first, Math.Max(0, count)));
            left -= Math.Max(0, count);
            if (first + count < topic.Partitions.Length)
            {
                response.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = first + count };
                break;
            }
        }

        return ValueTask.FromResult(response);
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic Describe(ClusterImage image, TopicImage topic, int first, int count) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        IsInternal = topic.IsInternal,
        Partitions =
        [
            .. Enumerable.Range(first, count).Select(index => (Index: index, Partition: topic.Partitions[index])).Select(p =>
                new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition
                {
                    PartitionIndex = p.Index,
                    ErrorCode = p.Partition.HasLeader ? ErrorCode.None : ErrorCode.LeaderNotAvailable,
                    LeaderId = p.Partition.Leader,
                    LeaderEpoch = p.Partition.LeaderEpoch.Value,
                    ReplicaNodes = [.. p.Partition.Replicas],
                    IsrNodes = [.. p.Partition.Isr],
                    EligibleLeaderReplicas = [],
                    LastKnownElr = [],
                    OfflineReplicas = [.. p.Partition.Replicas.Where(r => image.BrokerOrNull(r) is not { Fenced: false })],
                }),
        ],
    };
}

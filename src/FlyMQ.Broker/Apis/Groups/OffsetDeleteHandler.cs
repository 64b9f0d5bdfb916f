using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using PartitionResult = FlyMQ.Protocol.Messages.Groups.OffsetDeleteResponse.OffsetDeleteResponsePartition;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>OffsetDelete (KIP-496): a group forgets offsets of topics that it does not read any more.</summary>
internal sealed class OffsetDeleteHandler(GroupCoordinator groups, IMetadataQuorum metadata) : IApiHandler<OffsetDeleteRequest, OffsetDeleteResponse>
{
    public async ValueTask<OffsetDeleteResponse> HandleAsync(OffsetDeleteRequest request, RequestContext context)
    {
        var response = new OffsetDeleteResponse();
        var offsets = new List<(string, int)>();
        var results = new List<PartitionResult>();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            response.Topics.Add(answer);
            foreach (var partition in topic.Partitions)
            {
                var result = new PartitionResult { PartitionIndex = partition.PartitionIndex };
                answer.Partitions.Add(result);
                if (metadata.Image.TopicOrNull(topic.Name)?.PartitionOrNull(partition.PartitionIndex) is null)
                {
                    result.ErrorCode = ErrorCode.UnknownTopicOrPartition;
                    continue;
                }

                offsets.Add((topic.Name, partition.PartitionIndex));
                results.Add(result);
            }
        }

        var problems = new ErrorCode[offsets.Count];
        response.ErrorCode = await groups.AskAsync(
            request.GroupId, (shard, effects, _) => shard.DeleteOffsets(request.GroupId, offsets, problems, effects), static error => error, context.Aborted).ConfigureAwait(false);
        if (response.ErrorCode != ErrorCode.None)
        {
            response.Topics = [];
            return response;
        }

        for (var i = 0; i < results.Count; i++)
        {
            results[i].ErrorCode = problems[i];
        }

        return response;
    }
}

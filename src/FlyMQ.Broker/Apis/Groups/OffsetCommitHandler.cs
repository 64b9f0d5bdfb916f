using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Tracing;
using FlyMQ.Coordination;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using PartitionResult = FlyMQ.Protocol.Messages.Groups.OffsetCommitResponse.OffsetCommitResponsePartition;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>OffsetCommit: answered when the offsets are on disk. Topics by id since version 10; offsets of topics that do not exist are refused one by one.</summary>
internal sealed class OffsetCommitHandler(GroupCoordinator groups, IMetadataQuorum metadata, RequestTracing? tracing) : IApiHandler<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short TopicIdsSince = 10;

    public async ValueTask<OffsetCommitResponse> HandleAsync(OffsetCommitRequest request, RequestContext context)
    {
        var trace = tracing?.Commit(context, request.GroupId);
        var image = metadata.Image;
        var response = new OffsetCommitResponse();
        var offsets = new List<OffsetToCommit>();
        var results = new List<PartitionResult>();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            response.Topics.Add(answer);
            var known = context.Version >= TopicIdsSince ? image.TopicOrNull(topic.TopicId) : image.TopicOrNull(topic.Name);
            foreach (var partition in topic.Partitions)
            {
                var result = new PartitionResult { PartitionIndex = partition.PartitionIndex };
                answer.Partitions.Add(result);
                if (known?.PartitionOrNull(partition.PartitionIndex) is null)
                {
                    result.ErrorCode = known is null && context.Version >= TopicIdsSince ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
                    trace?.Failed(result.ErrorCode);
                    continue;
                }

                offsets.Add(new OffsetToCommit(
                    known.Name, partition.PartitionIndex, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata ?? "", known.Id));
                results.Add(result);
            }
        }

        if (offsets.Count == 0)
        {
            return response;
        }

        if (offsets.Count == 1)
        {
            trace?.Committed(offsets[0].Topic, offsets[0].Partition, offsets[0].Offset);
        }

        var problems = new ErrorCode[offsets.Count];
        var committed = groups.AskAsync(
            request.GroupId,
            (shard, effects, nowMs) => shard.CommitOffsets(
                request.GroupId, request.GenerationIdOrMemberEpoch, request.MemberId, request.GroupInstanceId, offsets, problems, effects, nowMs),
            static error => error,
            context.Aborted);
        var error = await context.WaitAsync(RequestStage.FlushWait, committed).ConfigureAwait(false);
        Guid? counted = null;
        for (var i = 0; i < results.Count; i++)
        {
            results[i].ErrorCode = error == ErrorCode.None ? problems[i] : error;
            trace?.Failed(results[i].ErrorCode);
            // A topic's partitions follow each other: one commit, however many there are.
            if (results[i].ErrorCode == ErrorCode.None && counted != offsets[i].TopicId)
            {
                counted = offsets[i].TopicId;
                groups.Metrics.Committed(request.GroupId, offsets[i].TopicId);
            }
        }

        return response;
    }
}

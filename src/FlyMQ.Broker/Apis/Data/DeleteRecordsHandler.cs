using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;

namespace FlyMQ.Broker.Apis.Data;

/// <summary>DeleteRecords (KIP-107): logs start later from now on, durably. Topics that only compact, and the broker's own, refuse.</summary>
internal sealed class DeleteRecordsHandler(PartitionSet partitions, IMetadataQuorum metadata) : IApiHandler<DeleteRecordsRequest, DeleteRecordsResponse>
{
    public async ValueTask<DeleteRecordsResponse> HandleAsync(DeleteRecordsRequest request, RequestContext context)
    {
        var response = new DeleteRecordsResponse();
        foreach (var topic in request.Topics)
        {
            var result = new DeleteRecordsResponse.DeleteRecordsTopicResult { Name = topic.Name };
            response.Topics.Add(result);
            foreach (var asked in topic.Partitions)
            {
                var outcome = await DeleteAsync(topic.Name, asked).ConfigureAwait(false);
                result.Partitions.Add(new DeleteRecordsResponse.DeleteRecordsPartitionResult
                {
                    PartitionIndex = asked.PartitionIndex, ErrorCode = outcome.Error, LowWatermark = outcome.LowWatermark.Value,
                });
            }
        }

        return response;
    }

    private ValueTask<DeleteRecordsOutcome> DeleteAsync(string topic, DeleteRecordsRequest.DeleteRecordsPartition asked)
    {
        if (partitions.Find(topic, asked.PartitionIndex) is not { } partition)
        {
            return ValueTask.FromResult(new DeleteRecordsOutcome(ErrorCode.UnknownTopicOrPartition, new Offset(-1)));
        }

        return metadata.Image.TopicOrNull(partition.Id.TopicId) is { IsInternal: true }
            ? ValueTask.FromResult(new DeleteRecordsOutcome(ErrorCode.InvalidTopicException, new Offset(-1)))
            : partition.DeleteRecordsAsync(new Offset(asked.Offset));
    }
}

using FlyMQ.Broker.Dispatch;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using PartitionResponse = FlyMQ.Protocol.Messages.Data.DescribeProducersResponse.PartitionResponse;

namespace FlyMQ.Broker.Apis.Data;

/// <summary>DescribeProducers (KIP-664): the idempotent producers that a partition remembers.</summary>
internal sealed class DescribeProducersHandler(PartitionSet partitions) : IApiHandler<DescribeProducersRequest, DescribeProducersResponse>
{
    public ValueTask<DescribeProducersResponse> HandleAsync(DescribeProducersRequest request, RequestContext context) => ValueTask.FromResult(new DescribeProducersResponse
    {
        Topics = [.. request.Topics.Select(t => new DescribeProducersResponse.TopicResponse { Name = t.Name, Partitions = [.. t.PartitionIndexes.Select(p => Answer(t.Name, p))] })],
    });

    private PartitionResponse Answer(string topic, int index)
    {
        if (partitions.Find(topic, index) is not { } partition)
        {
            return new PartitionResponse { PartitionIndex = index, ErrorCode = ErrorCode.UnknownTopicOrPartition };
        }

        if (!partition.View.IsLeader)
        {
            return new PartitionResponse { PartitionIndex = index, ErrorCode = ErrorCode.NotLeaderOrFollower };
        }

        return new PartitionResponse
        {
            PartitionIndex = index,
            ActiveProducers =
            [
                .. partition.Producers().Select(p => new DescribeProducersResponse.ProducerState
                {
                    ProducerId = p.ProducerId,
                    ProducerEpoch = p.ProducerEpoch,
                    LastSequence = p.LastSequence,
                    LastTimestamp = p.LastTimestampMs,
                    CoordinatorEpoch = p.CoordinatorEpoch,
                    CurrentTxnStartOffset = p.CurrentTransactionStartOffset.Value,
                }),
            ],
        };
    }
}

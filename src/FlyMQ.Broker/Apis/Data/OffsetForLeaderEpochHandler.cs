using FlyMQ.Broker.Dispatch;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;

namespace FlyMQ.Broker.Apis.Data;

/// <summary>OffsetForLeaderEpoch (KIP-101, KIP-279, KIP-320): where an epoch's records end, so that a client learns whether its log and this one part.</summary>
internal sealed class OffsetForLeaderEpochHandler(PartitionSet partitions) : IApiHandler<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>
{
    public ValueTask<OffsetForLeaderEpochResponse> HandleAsync(OffsetForLeaderEpochRequest request, RequestContext context) => ValueTask.FromResult(new OffsetForLeaderEpochResponse
    {
        Topics =
        [
            .. request.Topics.Select(t => new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult { Topic = t.Topic, Partitions = [.. t.Partitions.Select(p => Answer(t.Topic, p))] }),
        ],
    });

    private OffsetForLeaderEpochResponse.EpochEndOffset Answer(string topic, OffsetForLeaderEpochRequest.OffsetForLeaderPartition asked)
    {
        if (partitions.Find(topic, asked.Partition) is not { } partition)
        {
            return new OffsetForLeaderEpochResponse.EpochEndOffset { Partition = asked.Partition, ErrorCode = ErrorCode.UnknownTopicOrPartition };
        }

        var outcome = partition.EndOfEpoch(new LeaderEpoch(asked.CurrentLeaderEpoch), new LeaderEpoch(asked.LeaderEpoch));
        return new OffsetForLeaderEpochResponse.EpochEndOffset
        {
            Partition = asked.Partition, ErrorCode = outcome.Error, LeaderEpoch = outcome.Epoch.Value, EndOffset = outcome.EndOffset.Value,
        };
    }
}

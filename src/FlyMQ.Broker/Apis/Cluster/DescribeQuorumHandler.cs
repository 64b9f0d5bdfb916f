using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>DescribeQuorum (KIP-595): the voters of the metadata quorum, under the name of Kafka's metadata topic.</summary>
internal sealed class DescribeQuorumHandler(IMetadataQuorum metadata) : IApiHandler<DescribeQuorumRequest, DescribeQuorumResponse>
{
    private const string MetadataTopic = "__cluster_metadata";

    public ValueTask<DescribeQuorumResponse> HandleAsync(DescribeQuorumRequest request, RequestContext context)
    {
        return ValueTask.FromResult(new DescribeQuorumResponse
        {
            Topics =
            [
                .. request.Topics.Select(t => new DescribeQuorumResponse.TopicData { TopicName = t.TopicName, Partitions = [.. t.Partitions.Select(p => Describe(t.TopicName, p.PartitionIndex))] }),
            ],
            Nodes =
            [
                .. metadata.Voters.Select(v => new DescribeQuorumResponse.Node
                {
                    NodeId = v.NodeId,
                    // Kafka's clients take listener names in upper case only.
                    Listeners =
                    [
                        .. (metadata.Image.BrokerOrNull(v.NodeId)?.Endpoints ?? []).Select(e => new DescribeQuorumResponse.Listener { Name = e.Listener.ToUpperInvariant(), Host = e.Host, Port = (ushort)e.Port }),
                    ],
                }),
            ],
        });
    }

    private DescribeQuorumResponse.PartitionData Describe(string topic, int partition) => topic != MetadataTopic || partition != 0
        ? new DescribeQuorumResponse.PartitionData { PartitionIndex = partition, ErrorCode = ErrorCode.UnknownTopicOrPartition, LeaderId = -1 }
        : new DescribeQuorumResponse.PartitionData
        {
            PartitionIndex = 0,
            LeaderId = metadata.LeaderId ?? -1,
            LeaderEpoch = (int)Math.Min(metadata.Term, int.MaxValue),
            HighWatermark = metadata.CommitIndex + 1,
            CurrentVoters = [.. metadata.Voters.Select(v => new DescribeQuorumResponse.ReplicaState { ReplicaId = v.NodeId, LogEndOffset = v.LogEndOffset < 0 ? -1 : v.LogEndOffset + 1 })],
        };
}

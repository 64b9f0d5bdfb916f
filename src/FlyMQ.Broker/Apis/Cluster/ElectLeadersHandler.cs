using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Records;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>ElectLeaders (KIP-460): the preferred replica, or with election type 1 any that is left. Null partitions are all that need it.</summary>
internal sealed class ElectLeadersHandler(IMetadataQuorum metadata, ILocalPartitions local, Func<Guid> newId) : IApiHandler<ElectLeadersRequest, ElectLeadersResponse>
{
    private const sbyte Unclean = 1;

    public async ValueTask<ElectLeadersResponse> HandleAsync(ElectLeadersRequest request, RequestContext context)
    {
        if (request.ElectionType is not (0 or Unclean))
        {
            return new ElectLeadersResponse { ErrorCode = ErrorCode.InvalidRequest };
        }

        var image = metadata.Image;
        var all = request.TopicPartitions is null;
        List<(string Topic, int Partition)> asked = all
            ? [.. image.Topics.Values.SelectMany(t => t.Partitions.Select((_, i) => (t.Name, i)))]
            : [.. request.TopicPartitions!.SelectMany(t => t.Partitions.Select(p => (t.Topic, p)))];
        var ids = asked.Select(a => new TopicIdPartition(image.TopicOrNull(a.Topic)?.Id ?? Guid.Empty, a.Partition)).ToList();
        var outcome = ids.Count == 0
            ? CommandResult.Ok
            : await metadata.ProposeAsync(new ElectLeaders(newId(), request.ElectionType == Unclean, [.. ids]), context.Aborted).ConfigureAwait(false);
        if (!outcome.IsOk)
        {
            return new ElectLeadersResponse { ErrorCode = outcome.Error };
        }

        await local.WaitForAsync(metadata.Image.Version, context.Aborted).ConfigureAwait(false);
        return new ElectLeadersResponse
        {
            ReplicaElectionResults =
            [
                .. from result in asked.Zip(outcome.Items, (a, item) => (a.Topic, a.Partition, item.Error, item.Message))
                   where !all || result.Error != ErrorCode.ElectionNotNeeded
                   group result by result.Topic into topic
                   select new ElectLeadersResponse.ReplicaElectionResult
                   {
                       Topic = topic.Key,
                       PartitionResult = [.. topic.Select(r => new ElectLeadersResponse.PartitionResult { PartitionId = r.Partition, ErrorCode = r.Error, ErrorMessage = r.Message })],
                   },
            ],
        };
    }
}

using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using Coordinator = FlyMQ.Protocol.Messages.Groups.FindCoordinatorResponse.Coordinator;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>
/// FindCoordinator: the leader of the partition of <c>__consumer_offsets</c> that a group hashes to, several at once since version 4 (KIP-699). There are no
/// transactions and share groups yet, and who asks for them is told for good.
/// </summary>
internal sealed class FindCoordinatorHandler(IMetadataQuorum metadata, GroupCoordinator groups, ITopicCreation creation, int nodeId)
    : IApiHandler<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const short SeveralSince = 4;
    private const sbyte GroupKey = 0, TransactionKey = 1;

    public async ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        if (request.KeyType == GroupKey)
        {
            // The first group of a cluster brings the topic about.
            await creation.EnsureAsync(TopicNames.ConsumerOffsets, context.Aborted).ConfigureAwait(false);
        }

        if (context.Version >= SeveralSince)
        {
            return new FindCoordinatorResponse { Coordinators = [.. request.CoordinatorKeys.Select(key => Find(request.KeyType, key, context.Client.Listener))] };
        }

        var found = Find(request.KeyType, request.Key, context.Client.Listener);
        return new FindCoordinatorResponse { ErrorCode = found.ErrorCode, ErrorMessage = found.ErrorMessage, NodeId = found.NodeId, Host = found.Host, Port = found.Port };
    }

    private Coordinator Find(sbyte keyType, string key, string listener)
    {
        if (keyType != GroupKey)
        {
            return keyType == TransactionKey
                ? Refused(key, ErrorCode.TransactionalIdAuthorizationFailed, "FlyMQ has no transactions yet.")
                : Refused(key, ErrorCode.InvalidRequest, $"FlyMQ has no coordinator of key type {keyType}.");
        }

        var image = metadata.Image;
        if (groups.PartitionOf(key) is not { } index || image.TopicOrNull(TopicNames.ConsumerOffsets)?.PartitionOrNull(index) is not { HasLeader: true } partition
            || image.BrokerOrNull(partition.Leader)?.EndpointOf(listener) is not { } endpoint
            // Known to lead, and not there yet: who came now would be sent away again, which is the end of some clients' commits.
            || (partition.Leader == nodeId && !groups.Coordinates(index)))
        {
            return Refused(key, ErrorCode.CoordinatorNotAvailable, "The coordinator is not available.");
        }

        return new Coordinator { Key = key, NodeId = partition.Leader, Host = endpoint.Host, Port = endpoint.Port };
    }

    private static Coordinator Refused(string key, ErrorCode error, string message) => new() { Key = key, ErrorCode = error, ErrorMessage = message, NodeId = -1, Port = -1 };
}

using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>Heartbeat: keeps a member in its group and tells it of a rebalance.</summary>
internal sealed class HeartbeatHandler(GroupCoordinator groups) : IApiHandler<HeartbeatRequest, HeartbeatResponse>
{
    public async ValueTask<HeartbeatResponse> HandleAsync(HeartbeatRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
        {
            return new HeartbeatResponse { ErrorCode = ErrorCode.InvalidGroupId };
        }

        var error = await groups.AskAsync(
            request.GroupId,
            (shard, _, nowMs) => shard.Heartbeat(request.GroupId, request.GenerationId, request.MemberId, request.GroupInstanceId, nowMs),
            static error => error,
            context.Aborted).ConfigureAwait(false);
        // As in Kafka: a coordinator that loads has no reason to throw its members out.
        return new HeartbeatResponse { ErrorCode = error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error };
    }
}

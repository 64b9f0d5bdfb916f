using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>SyncGroup: the leader brings assignments, everybody is answered with theirs once they are on disk.</summary>
internal sealed class SyncGroupHandler(GroupCoordinator groups) : IApiHandler<SyncGroupRequest, SyncGroupResponse>
{
    private const short NamesProtocolSince = 5;

    public async ValueTask<SyncGroupResponse> HandleAsync(SyncGroupRequest request, RequestContext context)
    {
        static SyncGroupResponse Refused(ErrorCode error) => new() { ErrorCode = error };

        if (request.GroupId.Length == 0)
        {
            return Refused(ErrorCode.InvalidGroupId);
        }

        if (context.Version >= NamesProtocolSince && (request.ProtocolType is null || request.ProtocolName is null))
        {
            return Refused(ErrorCode.InconsistentGroupProtocol);
        }

        var assignments = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var assignment in request.Assignments)
        {
            assignments[assignment.MemberId] = assignment.Assignment;
        }

        var synced = groups.AskAsync<SyncGroupResponse>(
            request.GroupId,
            (shard, effects, nowMs, reply) => shard.Sync(
                request.GroupId, request.GenerationId, request.MemberId, request.GroupInstanceId, request.ProtocolType, request.ProtocolName, assignments, reply, effects, nowMs),
            Refused,
            context.Aborted);
        return await context.WaitAsync(RequestStage.Purgatory, synced).ConfigureAwait(false);
    }
}

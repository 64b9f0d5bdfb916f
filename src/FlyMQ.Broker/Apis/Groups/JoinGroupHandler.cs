using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Coordination.Groups;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>
/// JoinGroup: answered when the rebalance is over. Member ids are handed out before they count from version 4 on (KIP-394); static members (KIP-345).
/// </summary>
internal sealed class JoinGroupHandler(GroupCoordinator groups) : IApiHandler<JoinGroupRequest, JoinGroupResponse>
{
    private const short KnownMemberIdSince = 4, SkipAssignmentSince = 9;

    public async ValueTask<JoinGroupResponse> HandleAsync(JoinGroupRequest request, RequestContext context)
    {
        JoinGroupResponse Refused(ErrorCode error) => new() { ErrorCode = error, MemberId = request.MemberId, ProtocolName = "" };

        if (request.GroupId.Length == 0)
        {
            return Refused(ErrorCode.InvalidGroupId);
        }

        var join = new JoinRequest(
            request.GroupId,
            request.MemberId,
            request.GroupInstanceId,
            context.ClientId ?? "",
            context.Client.Host,
            request.SessionTimeoutMs,
            request.RebalanceTimeoutMs,
            request.ProtocolType,
            [.. request.Protocols.Select(p => (p.Name, p.Metadata))],
            RequiresKnownMemberId: context.Version >= KnownMemberIdSince,
            KnowsSkipAssignment: context.Version >= SkipAssignmentSince);
        var joined = groups.AskAsync<JoinGroupResponse>(
            request.GroupId, (shard, effects, nowMs, reply) => shard.Join(join, reply, effects, nowMs), Refused, context.Aborted);
        return await context.WaitAsync(RequestStage.Purgatory, joined).ConfigureAwait(false);
    }
}

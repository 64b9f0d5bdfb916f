using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using MemberResponse = FlyMQ.Protocol.Messages.Groups.LeaveGroupResponse.MemberResponse;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>LeaveGroup: one member, or several since version 3, static ones by their instance ids (KIP-345).</summary>
internal sealed class LeaveGroupHandler(GroupCoordinator groups) : IApiHandler<LeaveGroupRequest, LeaveGroupResponse>
{
    private const short SeveralSince = 3;

    public async ValueTask<LeaveGroupResponse> HandleAsync(LeaveGroupRequest request, RequestContext context)
    {
        if (request.GroupId.Length == 0)
        {
            return new LeaveGroupResponse { ErrorCode = ErrorCode.InvalidGroupId };
        }

        List<(string MemberId, string? InstanceId)> leaving = context.Version >= SeveralSince
            ? [.. request.Members.Select(m => (m.MemberId, m.GroupInstanceId))]
            : [(request.MemberId, null)];
        var response = await groups.AskAsync(
            request.GroupId,
            (shard, effects, nowMs) => new LeaveGroupResponse
            {
                Members =
                [
                    .. leaving.Select(m => new MemberResponse
                    {
                        MemberId = m.MemberId, GroupInstanceId = m.InstanceId, ErrorCode = shard.Leave(request.GroupId, m.MemberId, m.InstanceId, effects, nowMs),
                    }),
                ],
            },
            static error => new LeaveGroupResponse { ErrorCode = error },
            context.Aborted).ConfigureAwait(false);
        if (context.Version < SeveralSince && response.Members is [var only])
        {
            response.ErrorCode = only.ErrorCode;
            response.Members = [];
        }

        return response;
    }
}

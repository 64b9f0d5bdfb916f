using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>DescribeGroups: a group that is not there is Dead, and since version 6 an error (KIP-1043).</summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups) : IApiHandler<DescribeGroupsRequest, DescribeGroupsResponse>
{
    private const short NotFoundSince = 6;

    public async ValueTask<DescribeGroupsResponse> HandleAsync(DescribeGroupsRequest request, RequestContext context)
    {
        var response = new DescribeGroupsResponse();
        foreach (var groupId in request.Groups)
        {
            response.Groups.Add(await groups.AskAsync(
                groupId,
                (shard, _, _) => shard.Describe(groupId) ?? Missing(groupId, context.Version),
                error => new DescribeGroupsResponse.DescribedGroup { GroupId = groupId, ErrorCode = error },
                context.Aborted).ConfigureAwait(false));
        }

        return response;
    }

    private static DescribeGroupsResponse.DescribedGroup Missing(string groupId, short version) => new()
    {
        GroupId = groupId,
        GroupState = "Dead",
        ErrorCode = version >= NotFoundSince ? ErrorCode.GroupIdNotFound : ErrorCode.None,
        ErrorMessage = version >= NotFoundSince ? $"Group {groupId} not found." : null,
    };
}

using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>DeleteGroups (KIP-229): empty groups, with their offsets.</summary>
internal sealed class DeleteGroupsHandler(GroupCoordinator groups) : IApiHandler<DeleteGroupsRequest, DeleteGroupsResponse>
{
    public async ValueTask<DeleteGroupsResponse> HandleAsync(DeleteGroupsRequest request, RequestContext context)
    {
        var response = new DeleteGroupsResponse();
        foreach (var groupId in request.GroupsNames.Distinct(StringComparer.Ordinal))
        {
            var error = groupId.Length == 0
                ? ErrorCode.InvalidGroupId
                : await groups.AskAsync(groupId, (shard, effects, _) => shard.DeleteGroup(groupId, effects), static error => error, context.Aborted).ConfigureAwait(false);
            response.Results.Add(new DeleteGroupsResponse.DeletableGroupResult { GroupId = groupId, ErrorCode = error });
        }

        return response;
    }
}

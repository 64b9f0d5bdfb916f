using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>ListGroups, by states (KIP-518) and types (KIP-848); every group here is a classic one.</summary>
internal sealed class ListGroupsHandler(GroupCoordinator groups) : IApiHandler<ListGroupsRequest, ListGroupsResponse>
{
    public async ValueTask<ListGroupsResponse> HandleAsync(ListGroupsRequest request, RequestContext context)
    {
        var (error, all) = await groups.ListAsync(context.Aborted).ConfigureAwait(false);
        return new ListGroupsResponse
        {
            ErrorCode = error,
            Groups = [.. all.Where(g => IsWanted(request.StatesFilter, g.GroupState) && IsWanted(request.TypesFilter, g.GroupType)).OrderBy(g => g.GroupId, StringComparer.Ordinal)],
        };
    }

    private static bool IsWanted(List<string> filter, string value) => filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}

using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>ListPartitionReassignments (KIP-455): none is ever under way, for nothing can be reassigned yet.</summary>
internal sealed class ListPartitionReassignmentsHandler : IApiHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse>
{
    public ValueTask<ListPartitionReassignmentsResponse> HandleAsync(ListPartitionReassignmentsRequest request, RequestContext context)
        => ValueTask.FromResult(new ListPartitionReassignmentsResponse());
}

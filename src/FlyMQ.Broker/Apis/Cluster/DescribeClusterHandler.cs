using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>DescribeCluster (KIP-700): the brokers by the listener the client came in by; fenced ones on request (KIP-1073).</summary>
internal sealed class DescribeClusterHandler(IMetadataQuorum metadata) : IApiHandler<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte BrokerEndpoints = 1, ControllerEndpoints = 2;

    public ValueTask<DescribeClusterResponse> HandleAsync(DescribeClusterRequest request, RequestContext context)
    {
        if (request.EndpointType != BrokerEndpoints)
        {
            // KIP-919: the question is for a controller's own listener, of which there is none.
            return ValueTask.FromResult(new DescribeClusterResponse
            {
                EndpointType = request.EndpointType,
                ErrorCode = request.EndpointType == ControllerEndpoints ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType,
                ErrorMessage = $"This is a listener of brokers; endpoint type {request.EndpointType} is not served here.",
            });
        }

        var image = metadata.Image;
        return ValueTask.FromResult(new DescribeClusterResponse
        {
            ClusterId = image.ClusterIdText,
            ControllerId = metadata.LeaderId ?? -1,
            Brokers =
            [
                .. from broker in image.Brokers.Values
                   where !broker.Fenced || request.IncludeFencedBrokers
                   let endpoint = broker.EndpointOf(context.Client.Listener)
                   where endpoint is not null
                   select new DescribeClusterResponse.DescribeClusterBroker
                   {
                       BrokerId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack, IsFenced = broker.Fenced,
                   },
            ],
        });
    }
}

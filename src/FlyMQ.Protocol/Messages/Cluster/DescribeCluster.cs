namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Brokers or controllers and the id of the cluster (KIP-700, KIP-919).</summary>
[ApiRequest(ApiKey.DescribeCluster, 0, 2, FlexibleSince = 0)]
public sealed partial class DescribeClusterRequest
{
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Since(1)]
    public sbyte EndpointType { get; set; } = 1;

    [Since(2)]
    public bool IncludeFencedBrokers { get; set; }
}

[ApiResponse]
public sealed partial class DescribeClusterResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    [Since(1)]
    public sbyte EndpointType { get; set; } = 1;

    public string ClusterId { get; set; } = "";

    public int ControllerId { get; set; } = -1;

    public List<DescribeClusterBroker> Brokers { get; set; } = [];

    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    public sealed partial class DescribeClusterBroker
    {
        public int BrokerId { get; set; }

        public string Host { get; set; } = "";

        public int Port { get; set; }

        public string? Rack { get; set; }

        [Since(2)]
        public bool IsFenced { get; set; }
    }
}

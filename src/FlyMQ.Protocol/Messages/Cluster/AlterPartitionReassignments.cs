namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Moves replicas; null replicas cancel a move (KIP-455).</summary>
[ApiRequest(ApiKey.AlterPartitionReassignments, 0, 1, FlexibleSince = 0)]
public sealed partial class AlterPartitionReassignmentsRequest
{
    public int TimeoutMs { get; set; } = 60000;

    [Since(1)]
    public bool AllowReplicationFactorChange { get; set; } = true;

    public List<ReassignableTopic> Topics { get; set; } = [];

    public sealed partial class ReassignableTopic
    {
        public string Name { get; set; } = "";

        public List<ReassignablePartition> Partitions { get; set; } = [];
    }

    public sealed partial class ReassignablePartition
    {
        public int PartitionIndex { get; set; }

        public List<int>? Replicas { get; set; }
    }
}

[ApiResponse]
public sealed partial class AlterPartitionReassignmentsResponse
{
    public int ThrottleTimeMs { get; set; }

    [Since(1)]
    public bool AllowReplicationFactorChange { get; set; } = true;

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<ReassignableTopicResponse> Responses { get; set; } = [];

    public sealed partial class ReassignableTopicResponse
    {
        public string Name { get; set; } = "";

        public List<ReassignablePartitionResponse> Partitions { get; set; } = [];
    }

    public sealed partial class ReassignablePartitionResponse
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

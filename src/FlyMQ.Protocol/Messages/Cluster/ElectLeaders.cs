namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Elects preferred leaders, or any leader at the price of losing records (KIP-183, KIP-460). Null partitions mean all.</summary>
[ApiRequest(ApiKey.ElectLeaders, 0, 2, FlexibleSince = 2)]
public sealed partial class ElectLeadersRequest
{
    [Since(1)]
    public sbyte ElectionType { get; set; }

    public List<TopicPartitionsData>? TopicPartitions { get; set; }

    public int TimeoutMs { get; set; } = 60000;

    public sealed partial class TopicPartitionsData
    {
        public string Topic { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class ElectLeadersResponse
{
    public int ThrottleTimeMs { get; set; }

    [Since(1)]
    public ErrorCode ErrorCode { get; set; }

    public List<ReplicaElectionResult> ReplicaElectionResults { get; set; } = [];

    public sealed partial class ReplicaElectionResult
    {
        public string Topic { get; set; } = "";

        public List<PartitionResult> PartitionResult { get; set; } = [];
    }

    public sealed partial class PartitionResult
    {
        public int PartitionId { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

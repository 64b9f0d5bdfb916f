namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>The moves under way (KIP-455). Null topics mean all.</summary>
[ApiRequest(ApiKey.ListPartitionReassignments, 0, 0, FlexibleSince = 0)]
public sealed partial class ListPartitionReassignmentsRequest
{
    public int TimeoutMs { get; set; } = 60000;

    public List<ListPartitionReassignmentsTopics>? Topics { get; set; }

    public sealed partial class ListPartitionReassignmentsTopics
    {
        public string Name { get; set; } = "";

        public List<int> PartitionIndexes { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class ListPartitionReassignmentsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<OngoingTopicReassignment> Topics { get; set; } = [];

    public sealed partial class OngoingTopicReassignment
    {
        public string Name { get; set; } = "";

        public List<OngoingPartitionReassignment> Partitions { get; set; } = [];
    }

    public sealed partial class OngoingPartitionReassignment
    {
        public int PartitionIndex { get; set; }

        public List<int> Replicas { get; set; } = [];

        public List<int> AddingReplicas { get; set; } = [];

        public List<int> RemovingReplicas { get; set; } = [];
    }
}

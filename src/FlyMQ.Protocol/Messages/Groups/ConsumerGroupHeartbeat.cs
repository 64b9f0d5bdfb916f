namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>The one request of the newer group protocol: join, report, receive an assignment, leave (KIP-848).</summary>
[ApiRequest(ApiKey.ConsumerGroupHeartbeat, 0, 1, FlexibleSince = 0)]
public sealed partial class ConsumerGroupHeartbeatRequest
{
    public string GroupId { get; set; } = "";

    public string MemberId { get; set; } = "";

    public int MemberEpoch { get; set; }

    public string? InstanceId { get; set; }

    public string? RackId { get; set; }

    public int RebalanceTimeoutMs { get; set; } = -1;

    public List<string>? SubscribedTopicNames { get; set; }

    [Since(1)]
    public string? SubscribedTopicRegex { get; set; }

    public string? ServerAssignor { get; set; }

    public List<TopicPartitionsData>? TopicPartitions { get; set; }

    public sealed partial class TopicPartitionsData
    {
        public Guid TopicId { get; set; }

        public List<int> Partitions { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class ConsumerGroupHeartbeatResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public string? MemberId { get; set; }

    public int MemberEpoch { get; set; }

    public int HeartbeatIntervalMs { get; set; }

    public AssignmentData? Assignment { get; set; }

    public sealed partial class AssignmentData
    {
        public List<TopicPartitions> TopicPartitions { get; set; } = [];
    }

    public sealed partial class TopicPartitions
    {
        public Guid TopicId { get; set; }

        public List<int> Partitions { get; set; } = [];
    }
}

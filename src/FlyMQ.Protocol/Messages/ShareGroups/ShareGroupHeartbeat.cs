namespace FlyMQ.Protocol.Messages.ShareGroups;

/// <summary>Join, report, receive an assignment, leave, in a share group (KIP-932).</summary>
[ApiRequest(ApiKey.ShareGroupHeartbeat, 1, 1, FlexibleSince = 0)]
public sealed partial class ShareGroupHeartbeatRequest
{
    public string GroupId { get; set; } = "";

    public string MemberId { get; set; } = "";

    public int MemberEpoch { get; set; }

    public string? RackId { get; set; }

    public List<string>? SubscribedTopicNames { get; set; }
}

[ApiResponse]
public sealed partial class ShareGroupHeartbeatResponse
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

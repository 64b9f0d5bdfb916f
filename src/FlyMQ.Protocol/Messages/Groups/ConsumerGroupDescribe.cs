namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>State, epochs and members of groups of the newer protocol (KIP-848).</summary>
[ApiRequest(ApiKey.ConsumerGroupDescribe, 0, 1, FlexibleSince = 0)]
public sealed partial class ConsumerGroupDescribeRequest
{
    public List<string> GroupIds { get; set; } = [];

    public bool IncludeAuthorizedOperations { get; set; }
}

[ApiResponse]
public sealed partial class ConsumerGroupDescribeResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<DescribedGroup> Groups { get; set; } = [];

    public sealed partial class DescribedGroup
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public string GroupId { get; set; } = "";

        public string GroupState { get; set; } = "";

        public int GroupEpoch { get; set; }

        public int AssignmentEpoch { get; set; }

        public string AssignorName { get; set; } = "";

        public List<Member> Members { get; set; } = [];

        public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    public sealed partial class TopicPartitions
    {
        public Guid TopicId { get; set; }

        public string TopicName { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }

    public sealed partial class Assignment
    {
        public List<TopicPartitions> TopicPartitions { get; set; } = [];
    }

    public sealed partial class Member
    {
        public string MemberId { get; set; } = "";

        public string? InstanceId { get; set; }

        public string? RackId { get; set; }

        public int MemberEpoch { get; set; }

        public string ClientId { get; set; } = "";

        public string ClientHost { get; set; } = "";

        public List<string> SubscribedTopicNames { get; set; } = [];

        public string? SubscribedTopicRegex { get; set; }

        public Assignment Assignment { get; set; } = new();

        public Assignment TargetAssignment { get; set; } = new();

        [Since(1)]
        public sbyte MemberType { get; set; } = -1;
    }
}

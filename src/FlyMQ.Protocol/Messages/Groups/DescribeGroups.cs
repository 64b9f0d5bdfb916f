namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>State, protocol and members of classic groups.</summary>
[ApiRequest(ApiKey.DescribeGroups, 0, 6, FlexibleSince = 5)]
public sealed partial class DescribeGroupsRequest
{
    public List<string> Groups { get; set; } = [];

    [Since(3)]
    public bool IncludeAuthorizedOperations { get; set; }
}

[ApiResponse]
public sealed partial class DescribeGroupsResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    public List<DescribedGroup> Groups { get; set; } = [];

    public sealed partial class DescribedGroup
    {
        public ErrorCode ErrorCode { get; set; }

        [Since(6)]
        public string? ErrorMessage { get; set; }

        public string GroupId { get; set; } = "";

        public string GroupState { get; set; } = "";

        public string ProtocolType { get; set; } = "";

        public string ProtocolData { get; set; } = "";

        public List<DescribedGroupMember> Members { get; set; } = [];

        [Since(3)]
        public int AuthorizedOperations { get; set; } = int.MinValue;
    }

    public sealed partial class DescribedGroupMember
    {
        public string MemberId { get; set; } = "";

        [Since(4)]
        public string? GroupInstanceId { get; set; }

        public string ClientId { get; set; } = "";

        public string ClientHost { get; set; } = "";

        public byte[] MemberMetadata { get; set; } = [];

        public byte[] MemberAssignment { get; set; } = [];
    }
}

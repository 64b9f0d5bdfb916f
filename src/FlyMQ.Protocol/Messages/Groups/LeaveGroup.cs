namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>Takes members out of a group, several since version 3 (KIP-345).</summary>
[ApiRequest(ApiKey.LeaveGroup, 0, 5, FlexibleSince = 4)]
public sealed partial class LeaveGroupRequest
{
    public string GroupId { get; set; } = "";

    [Until(2)]
    public string MemberId { get; set; } = "";

    [Since(3)]
    public List<MemberIdentity> Members { get; set; } = [];

    public sealed partial class MemberIdentity
    {
        public string MemberId { get; set; } = "";

        public string? GroupInstanceId { get; set; }

        [Since(5), Ignorable]
        public string? Reason { get; set; }
    }
}

[ApiResponse]
public sealed partial class LeaveGroupResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    [Since(3)]
    public List<MemberResponse> Members { get; set; } = [];

    public sealed partial class MemberResponse
    {
        public string MemberId { get; set; } = "";

        public string? GroupInstanceId { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>
/// Asks for a place in a group. Without a member id, version 4 and later are given one and told to come again (KIP-394); static members
/// since 5 (KIP-345).
/// </summary>
[ApiRequest(ApiKey.JoinGroup, 0, 9, FlexibleSince = 6)]
public sealed partial class JoinGroupRequest
{
    public string GroupId { get; set; } = "";

    public int SessionTimeoutMs { get; set; }

    [Since(1), Ignorable]
    public int RebalanceTimeoutMs { get; set; } = -1;

    public string MemberId { get; set; } = "";

    [Since(5)]
    public string? GroupInstanceId { get; set; }

    public string ProtocolType { get; set; } = "";

    public List<JoinGroupRequestProtocol> Protocols { get; set; } = [];

    [Since(8), Ignorable]
    public string? Reason { get; set; }

    public sealed partial class JoinGroupRequestProtocol
    {
        public string Name { get; set; } = "";

        public byte[] Metadata { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class JoinGroupResponse
{
    [Since(2)]
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public int GenerationId { get; set; } = -1;

    [Since(7)]
    public string? ProtocolType { get; set; }

    [NullableSince(7)]
    public string? ProtocolName { get; set; }

    public string Leader { get; set; } = "";

    [Since(9)]
    public bool SkipAssignment { get; set; }

    public string MemberId { get; set; } = "";

    public List<JoinGroupResponseMember> Members { get; set; } = [];

    public sealed partial class JoinGroupResponseMember
    {
        public string MemberId { get; set; } = "";

        [Since(5)]
        public string? GroupInstanceId { get; set; }

        public byte[] Metadata { get; set; } = [];
    }
}

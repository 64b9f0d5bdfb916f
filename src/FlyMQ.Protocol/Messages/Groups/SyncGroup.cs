namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>The leader hands out assignments, the others wait for theirs.</summary>
[ApiRequest(ApiKey.SyncGroup, 0, 5, FlexibleSince = 4)]
public sealed partial class SyncGroupRequest
{
    public string GroupId { get; set; } = "";

    public int GenerationId { get; set; }

    public string MemberId { get; set; } = "";

    [Since(3)]
    public string? GroupInstanceId { get; set; }

    [Since(5), Ignorable]
    public string? ProtocolType { get; set; }

    [Since(5), Ignorable]
    public string? ProtocolName { get; set; }

    public List<SyncGroupRequestAssignment> Assignments { get; set; } = [];

    public sealed partial class SyncGroupRequestAssignment
    {
        public string MemberId { get; set; } = "";

        public byte[] Assignment { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class SyncGroupResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    [Since(5)]
    public string? ProtocolType { get; set; }

    [Since(5)]
    public string? ProtocolName { get; set; }

    public byte[] Assignment { get; set; } = [];
}

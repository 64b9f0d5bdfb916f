namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>Deletes empty groups (KIP-229).</summary>
[ApiRequest(ApiKey.DeleteGroups, 0, 3, FlexibleSince = 2)]
public sealed partial class DeleteGroupsRequest
{
    public List<string> GroupsNames { get; set; } = [];
}

[ApiResponse]
public sealed partial class DeleteGroupsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<DeletableGroupResult> Results { get; set; } = [];

    public sealed partial class DeletableGroupResult
    {
        public string GroupId { get; set; } = "";

        public ErrorCode ErrorCode { get; set; }

        [Since(3)]
        public string? ErrorMessage { get; set; }
    }
}

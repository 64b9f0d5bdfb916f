namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>Groups, by state since version 4 (KIP-518) and by type since 5 (KIP-848).</summary>
[ApiRequest(ApiKey.ListGroups, 0, 5, FlexibleSince = 3)]
public sealed partial class ListGroupsRequest
{
    [Since(4)]
    public List<string> StatesFilter { get; set; } = [];

    [Since(5)]
    public List<string> TypesFilter { get; set; } = [];
}

[ApiResponse]
public sealed partial class ListGroupsResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public List<ListedGroup> Groups { get; set; } = [];

    public sealed partial class ListedGroup
    {
        public string GroupId { get; set; } = "";

        public string ProtocolType { get; set; } = "";

        [Since(4)]
        public string GroupState { get; set; } = "";

        [Since(5)]
        public string GroupType { get; set; } = "";
    }
}

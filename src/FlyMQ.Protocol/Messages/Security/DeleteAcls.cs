namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Removes the access rules that match filters.</summary>
[ApiRequest(ApiKey.DeleteAcls, 0, 3, FlexibleSince = 2)]
public sealed partial class DeleteAclsRequest
{
    public List<DeleteAclsFilter> Filters { get; set; } = [];

    public sealed partial class DeleteAclsFilter
    {
        public sbyte ResourceTypeFilter { get; set; }

        public string? ResourceNameFilter { get; set; }

        [Since(1)]
        public sbyte PatternTypeFilter { get; set; } = 3;

        public string? PrincipalFilter { get; set; }

        public string? HostFilter { get; set; }

        public sbyte Operation { get; set; }

        public sbyte PermissionType { get; set; }
    }
}

[ApiResponse]
public sealed partial class DeleteAclsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<DeleteAclsFilterResult> FilterResults { get; set; } = [];

    public sealed partial class DeleteAclsFilterResult
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public List<DeleteAclsMatchingAcl> MatchingAcls { get; set; } = [];
    }

    public sealed partial class DeleteAclsMatchingAcl
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";

        [Since(1)]
        public sbyte PatternType { get; set; } = 3;

        public string Principal { get; set; } = "";

        public string Host { get; set; } = "";

        public sbyte Operation { get; set; }

        public sbyte PermissionType { get; set; }
    }
}

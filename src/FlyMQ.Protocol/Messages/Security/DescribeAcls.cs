namespace FlyMQ.Protocol.Messages.Security;

/// <summary>The access rules that match a filter.</summary>
[ApiRequest(ApiKey.DescribeAcls, 0, 3, FlexibleSince = 2)]
public sealed partial class DescribeAclsRequest
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

[ApiResponse]
public sealed partial class DescribeAclsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<DescribeAclsResource> Resources { get; set; } = [];

    public sealed partial class DescribeAclsResource
    {
        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";

        [Since(1)]
        public sbyte PatternType { get; set; } = 3;

        public List<AclDescription> Acls { get; set; } = [];
    }

    public sealed partial class AclDescription
    {
        public string Principal { get; set; } = "";

        public string Host { get; set; } = "";

        public sbyte Operation { get; set; }

        public sbyte PermissionType { get; set; }
    }
}

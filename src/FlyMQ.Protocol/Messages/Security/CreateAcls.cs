namespace FlyMQ.Protocol.Messages.Security;

/// <summary>Adds access rules.</summary>
[ApiRequest(ApiKey.CreateAcls, 0, 3, FlexibleSince = 2)]
public sealed partial class CreateAclsRequest
{
    public List<AclCreation> Creations { get; set; } = [];

    public sealed partial class AclCreation
    {
        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";

        [Since(1)]
        public sbyte ResourcePatternType { get; set; } = 3;

        public string Principal { get; set; } = "";

        public string Host { get; set; } = "";

        public sbyte Operation { get; set; }

        public sbyte PermissionType { get; set; }
    }
}

[ApiResponse]
public sealed partial class CreateAclsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<AclCreationResult> Results { get; set; } = [];

    public sealed partial class AclCreationResult
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

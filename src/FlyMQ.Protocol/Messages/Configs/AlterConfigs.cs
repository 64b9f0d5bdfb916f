namespace FlyMQ.Protocol.Messages.Configs;

/// <summary>Replaces all configurations of a resource; what is not named returns to its default (KIP-133).</summary>
[ApiRequest(ApiKey.AlterConfigs, 0, 2, FlexibleSince = 2)]
public sealed partial class AlterConfigsRequest
{
    public List<AlterConfigsResource> Resources { get; set; } = [];

    public bool ValidateOnly { get; set; }

    public sealed partial class AlterConfigsResource
    {
        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";

        public List<AlterableConfig> Configs { get; set; } = [];
    }

    public sealed partial class AlterableConfig
    {
        public string Name { get; set; } = "";

        public string? Value { get; set; }
    }
}

[ApiResponse]
public sealed partial class AlterConfigsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<AlterConfigsResourceResponse> Responses { get; set; } = [];

    public sealed partial class AlterConfigsResourceResponse
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";
    }
}

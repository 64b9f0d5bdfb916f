namespace FlyMQ.Protocol.Messages.Configs;

/// <summary>Sets, deletes, appends to or subtracts from single configurations (KIP-339).</summary>
[ApiRequest(ApiKey.IncrementalAlterConfigs, 0, 1, FlexibleSince = 1)]
public sealed partial class IncrementalAlterConfigsRequest
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

        public sbyte ConfigOperation { get; set; }

        public string? Value { get; set; }
    }
}

[ApiResponse]
public sealed partial class IncrementalAlterConfigsResponse
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

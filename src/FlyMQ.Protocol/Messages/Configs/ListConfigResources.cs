namespace FlyMQ.Protocol.Messages.Configs;

/// <summary>The resources that have configurations; version 0 knows client metrics only (KIP-1142).</summary>
[ApiRequest(ApiKey.ListConfigResources, 0, 1, FlexibleSince = 0)]
public sealed partial class ListConfigResourcesRequest
{
    [Since(1)]
    public List<sbyte> ResourceTypes { get; set; } = [];
}

[ApiResponse]
public sealed partial class ListConfigResourcesResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public List<ConfigResource> ConfigResources { get; set; } = [];

    public sealed partial class ConfigResource
    {
        public string ResourceName { get; set; } = "";

        [Since(1)]
        public sbyte ResourceType { get; set; } = 16;
    }
}

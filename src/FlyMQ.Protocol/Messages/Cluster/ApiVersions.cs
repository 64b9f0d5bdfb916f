namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>
/// The first question of every client. Its response never has tagged fields in the header, and an unknown version is answered in
/// version 0 (KIP-511).
/// </summary>
[ApiRequest(ApiKey.ApiVersions, 0, 5, FlexibleSince = 3)]
public sealed partial class ApiVersionsRequest
{
    [Since(3), Ignorable]
    public string ClientSoftwareName { get; set; } = "";

    [Since(3), Ignorable]
    public string ClientSoftwareVersion { get; set; } = "";

    [Since(5)]
    public string? ClusterId { get; set; }

    [Since(5)]
    public int NodeId { get; set; } = -1;
}

[ApiResponse]
public sealed partial class ApiVersionsResponse
{
    public ErrorCode ErrorCode { get; set; }

    public List<ApiVersion> ApiKeys { get; set; } = [];

    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    [Since(3), Tag(0)]
    public List<SupportedFeatureKey> SupportedFeatures { get; set; } = [];

    [Since(3), Tag(1)]
    public long FinalizedFeaturesEpoch { get; set; } = -1;

    [Since(3), Tag(2)]
    public List<FinalizedFeatureKey> FinalizedFeatures { get; set; } = [];

    [Since(3), Tag(3)]
    public bool ZkMigrationReady { get; set; }

    public sealed partial class ApiVersion
    {
        public ApiKey ApiKey { get; set; }

        public short MinVersion { get; set; }

        public short MaxVersion { get; set; }
    }

    public sealed partial class SupportedFeatureKey
    {
        public string Name { get; set; } = "";

        public short MinVersion { get; set; }

        public short MaxVersion { get; set; }
    }

    public sealed partial class FinalizedFeatureKey
    {
        public string Name { get; set; } = "";

        public short MaxVersionLevel { get; set; }

        public short MinVersionLevel { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Changes the finalized versions of features (KIP-584).</summary>
[ApiRequest(ApiKey.UpdateFeatures, 0, 2, FlexibleSince = 0)]
public sealed partial class UpdateFeaturesRequest
{
    public int timeoutMs { get; set; } = 60000;

    public List<FeatureUpdateKey> FeatureUpdates { get; set; } = [];

    [Since(1)]
    public bool ValidateOnly { get; set; }

    public sealed partial class FeatureUpdateKey
    {
        public string Feature { get; set; } = "";

        public short MaxVersionLevel { get; set; }

        [Until(0)]
        public bool AllowDowngrade { get; set; }

        [Since(1)]
        public sbyte UpgradeType { get; set; } = 1;
    }
}

[ApiResponse]
public sealed partial class UpdateFeaturesResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    [Until(1)]
    public List<UpdatableFeatureResult> Results { get; set; } = [];

    public sealed partial class UpdatableFeatureResult
    {
        public string Feature { get; set; } = "";

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

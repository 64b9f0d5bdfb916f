namespace FlyMQ.Protocol.Messages.Configs;

/// <summary>Configurations with where each value comes from (KIP-133, KIP-226). Null keys mean all.</summary>
[ApiRequest(ApiKey.DescribeConfigs, 0, 4, FlexibleSince = 4)]
public sealed partial class DescribeConfigsRequest
{
    public List<DescribeConfigsResource> Resources { get; set; } = [];

    [Since(1)]
    public bool IncludeSynonyms { get; set; }

    [Since(3)]
    public bool IncludeDocumentation { get; set; }

    public sealed partial class DescribeConfigsResource
    {
        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";

        public List<string>? ConfigurationKeys { get; set; }
    }
}

[ApiResponse]
public sealed partial class DescribeConfigsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<DescribeConfigsResult> Results { get; set; } = [];

    public sealed partial class DescribeConfigsResult
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public sbyte ResourceType { get; set; }

        public string ResourceName { get; set; } = "";

        public List<DescribeConfigsResourceResult> Configs { get; set; } = [];
    }

    public sealed partial class DescribeConfigsResourceResult
    {
        public string Name { get; set; } = "";

        public string? Value { get; set; }

        public bool ReadOnly { get; set; }

        [Until(0)]
        public bool IsDefault { get; set; }

        [Since(1)]
        public sbyte ConfigSource { get; set; } = -1;

        public bool IsSensitive { get; set; }

        [Since(1)]
        public List<DescribeConfigsSynonym> Synonyms { get; set; } = [];

        [Since(3)]
        public sbyte ConfigType { get; set; }

        [Since(3)]
        public string? Documentation { get; set; }
    }

    public sealed partial class DescribeConfigsSynonym
    {
        public string Name { get; set; } = "";

        public string? Value { get; set; }

        public sbyte Source { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Quotas;

/// <summary>Quotas of users, clients and addresses that match a filter (KIP-546).</summary>
[ApiRequest(ApiKey.DescribeClientQuotas, 0, 1, FlexibleSince = 1)]
public sealed partial class DescribeClientQuotasRequest
{
    public List<ComponentData> Components { get; set; } = [];

    public bool Strict { get; set; }

    public sealed partial class ComponentData
    {
        public string EntityType { get; set; } = "";

        public sbyte MatchType { get; set; }

        public string? Match { get; set; }
    }
}

[ApiResponse]
public sealed partial class DescribeClientQuotasResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<EntryData>? Entries { get; set; }

    public sealed partial class EntryData
    {
        public List<EntityData> Entity { get; set; } = [];

        public List<ValueData> Values { get; set; } = [];
    }

    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";

        public string? EntityName { get; set; }
    }

    public sealed partial class ValueData
    {
        public string Key { get; set; } = "";

        public double Value { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Quotas;

/// <summary>Sets and removes quotas (KIP-546).</summary>
[ApiRequest(ApiKey.AlterClientQuotas, 0, 1, FlexibleSince = 1)]
public sealed partial class AlterClientQuotasRequest
{
    public List<EntryData> Entries { get; set; } = [];

    public bool ValidateOnly { get; set; }

    public sealed partial class EntryData
    {
        public List<EntityData> Entity { get; set; } = [];

        public List<OpData> Ops { get; set; } = [];
    }

    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";

        public string? EntityName { get; set; }
    }

    public sealed partial class OpData
    {
        public string Key { get; set; } = "";

        public double Value { get; set; }

        public bool Remove { get; set; }
    }
}

[ApiResponse]
public sealed partial class AlterClientQuotasResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<EntryData> Entries { get; set; } = [];

    public sealed partial class EntryData
    {
        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public List<EntityData> Entity { get; set; } = [];
    }

    public sealed partial class EntityData
    {
        public string EntityType { get; set; } = "";

        public string? EntityName { get; set; }
    }
}

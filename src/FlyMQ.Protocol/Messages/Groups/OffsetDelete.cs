namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>Forgets the offsets of a group for topics it no longer reads (KIP-496).</summary>
[ApiRequest(ApiKey.OffsetDelete, 0, 0)]
public sealed partial class OffsetDeleteRequest
{
    public string GroupId { get; set; } = "";

    public List<OffsetDeleteRequestTopic> Topics { get; set; } = [];

    public sealed partial class OffsetDeleteRequestTopic
    {
        public string Name { get; set; } = "";

        public List<OffsetDeleteRequestPartition> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetDeleteRequestPartition
    {
        public int PartitionIndex { get; set; }
    }
}

[ApiResponse]
public sealed partial class OffsetDeleteResponse
{
    public ErrorCode ErrorCode { get; set; }

    public int ThrottleTimeMs { get; set; }

    public List<OffsetDeleteResponseTopic> Topics { get; set; } = [];

    public sealed partial class OffsetDeleteResponseTopic
    {
        public string Name { get; set; } = "";

        public List<OffsetDeleteResponsePartition> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetDeleteResponsePartition
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.ShareGroups;

/// <summary>Moves where a share group reads on.</summary>
[ApiRequest(ApiKey.AlterShareGroupOffsets, 0, 0, FlexibleSince = 0)]
public sealed partial class AlterShareGroupOffsetsRequest
{
    public string GroupId { get; set; } = "";

    public List<Topic> Topics { get; set; } = [];

    public sealed partial class Topic
    {
        public string TopicName { get; set; } = "";

        public List<Partition> Partitions { get; set; } = [];
    }

    public sealed partial class Partition
    {
        public int PartitionIndex { get; set; }

        public long StartOffset { get; set; }
    }
}

[ApiResponse]
public sealed partial class AlterShareGroupOffsetsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<Response> Responses { get; set; } = [];

    public sealed partial class Response
    {
        public string TopicName { get; set; } = "";

        public Guid TopicId { get; set; }

        public List<Partition> Partitions { get; set; } = [];
    }

    public sealed partial class Partition
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.ShareGroups;

/// <summary>Where share groups read. Null topics mean all.</summary>
[ApiRequest(ApiKey.DescribeShareGroupOffsets, 0, 1, FlexibleSince = 0)]
public sealed partial class DescribeShareGroupOffsetsRequest
{
    public List<Group> Groups { get; set; } = [];

    public sealed partial class Group
    {
        public string GroupId { get; set; } = "";

        public List<Topic>? Topics { get; set; }
    }

    public sealed partial class Topic
    {
        public string TopicName { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class DescribeShareGroupOffsetsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<Group> Groups { get; set; } = [];

    public sealed partial class Group
    {
        public string GroupId { get; set; } = "";

        public List<Topic> Topics { get; set; } = [];

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }

    public sealed partial class Topic
    {
        public string TopicName { get; set; } = "";

        public Guid TopicId { get; set; }

        public List<Partition> Partitions { get; set; } = [];
    }

    public sealed partial class Partition
    {
        public int PartitionIndex { get; set; }

        public long StartOffset { get; set; }

        public int LeaderEpoch { get; set; }

        [Since(1)]
        public long Lag { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

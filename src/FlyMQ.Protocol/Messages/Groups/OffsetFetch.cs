namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>How far groups have read; several groups since version 8 (KIP-709). Null topics mean all that the group has.</summary>
[ApiRequest(ApiKey.OffsetFetch, 0, 10, FlexibleSince = 6)]
public sealed partial class OffsetFetchRequest
{
    [Until(7)]
    public string GroupId { get; set; } = "";

    [Until(7), NullableSince(2)]
    public List<OffsetFetchRequestTopic>? Topics { get; set; }

    [Since(8)]
    public List<OffsetFetchRequestGroup> Groups { get; set; } = [];

    [Since(7)]
    public bool RequireStable { get; set; }

    public sealed partial class OffsetFetchRequestTopic
    {
        public string Name { get; set; } = "";

        public List<int> PartitionIndexes { get; set; } = [];
    }

    public sealed partial class OffsetFetchRequestGroup
    {
        public string GroupId { get; set; } = "";

        [Since(9), Ignorable]
        public string? MemberId { get; set; }

        [Since(9), Ignorable]
        public int MemberEpoch { get; set; } = -1;

        public List<OffsetFetchRequestTopics>? Topics { get; set; }
    }

    public sealed partial class OffsetFetchRequestTopics
    {
        [Since(10)]
        public Guid TopicId { get; set; }

        [Until(9)]
        public string Name { get; set; } = "";

        public List<int> PartitionIndexes { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class OffsetFetchResponse
{
    [Since(3)]
    public int ThrottleTimeMs { get; set; }

    [Until(7)]
    public List<OffsetFetchResponseTopic> Topics { get; set; } = [];

    [Since(2), Until(7)]
    public ErrorCode ErrorCode { get; set; }

    [Since(8)]
    public List<OffsetFetchResponseGroup> Groups { get; set; } = [];

    public sealed partial class OffsetFetchResponseTopic
    {
        public string Name { get; set; } = "";

        public List<OffsetFetchResponsePartition> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetFetchResponseGroup
    {
        public string GroupId { get; set; } = "";

        public List<OffsetFetchResponseTopics> Topics { get; set; } = [];

        public ErrorCode ErrorCode { get; set; }
    }

    public sealed partial class OffsetFetchResponsePartition
    {
        public int PartitionIndex { get; set; }

        public long CommittedOffset { get; set; }

        [Since(5)]
        public int CommittedLeaderEpoch { get; set; } = -1;

        public string? Metadata { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }

    public sealed partial class OffsetFetchResponseTopics
    {
        [Since(10)]
        public Guid TopicId { get; set; }

        [Until(9)]
        public string Name { get; set; } = "";

        public List<OffsetFetchResponsePartitions> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetFetchResponsePartitions
    {
        public int PartitionIndex { get; set; }

        public long CommittedOffset { get; set; }

        public int CommittedLeaderEpoch { get; set; } = -1;

        public string? Metadata { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

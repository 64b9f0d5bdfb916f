namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>Remembers how far a group has read. Generation −1 is a consumer that assigns itself. Topic ids since version 10.</summary>
[ApiRequest(ApiKey.OffsetCommit, 0, 10, FlexibleSince = 8)]
public sealed partial class OffsetCommitRequest
{
    public string GroupId { get; set; } = "";

    [Since(1), Ignorable]
    public int GenerationIdOrMemberEpoch { get; set; } = -1;

    [Since(1), Ignorable]
    public string MemberId { get; set; } = "";

    [Since(7)]
    public string? GroupInstanceId { get; set; }

    [Since(2), Until(4), Ignorable]
    public long RetentionTimeMs { get; set; } = -1;

    public List<OffsetCommitRequestTopic> Topics { get; set; } = [];

    public sealed partial class OffsetCommitRequestTopic
    {
        [Since(10)]
        public Guid TopicId { get; set; }

        [Until(9)]
        public string Name { get; set; } = "";

        public List<OffsetCommitRequestPartition> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetCommitRequestPartition
    {
        public int PartitionIndex { get; set; }

        public long CommittedOffset { get; set; }

        [Since(6), Ignorable]
        public int CommittedLeaderEpoch { get; set; } = -1;

        [Since(1), Until(1)]
        public long CommitTimestamp { get; set; } = -1;

        public string? CommittedMetadata { get; set; }
    }
}

[ApiResponse]
public sealed partial class OffsetCommitResponse
{
    [Since(3)]
    public int ThrottleTimeMs { get; set; }

    public List<OffsetCommitResponseTopic> Topics { get; set; } = [];

    public sealed partial class OffsetCommitResponseTopic
    {
        [Since(10)]
        public Guid TopicId { get; set; }

        [Until(9)]
        public string Name { get; set; } = "";

        public List<OffsetCommitResponsePartition> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetCommitResponsePartition
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

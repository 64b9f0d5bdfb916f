namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>Offsets that count when their transaction commits (KIP-98, KIP-447).</summary>
[ApiRequest(ApiKey.TxnOffsetCommit, 0, 6, FlexibleSince = 3)]
public sealed partial class TxnOffsetCommitRequest
{
    public string TransactionalId { get; set; } = "";

    public string GroupId { get; set; } = "";

    public long ProducerId { get; set; }

    public short ProducerEpoch { get; set; }

    [Since(3)]
    public int GenerationIdOrMemberEpoch { get; set; } = -1;

    [Since(3)]
    public string MemberId { get; set; } = "";

    [Since(3)]
    public string? GroupInstanceId { get; set; }

    public List<TxnOffsetCommitRequestTopic> Topics { get; set; } = [];

    public sealed partial class TxnOffsetCommitRequestTopic
    {
        [Since(6)]
        public Guid TopicId { get; set; }

        [Until(5)]
        public string Name { get; set; } = "";

        public List<TxnOffsetCommitRequestPartition> Partitions { get; set; } = [];
    }

    public sealed partial class TxnOffsetCommitRequestPartition
    {
        public int PartitionIndex { get; set; }

        public long CommittedOffset { get; set; }

        [Since(2), Ignorable]
        public int CommittedLeaderEpoch { get; set; } = -1;

        public string? CommittedMetadata { get; set; }
    }
}

[ApiResponse]
public sealed partial class TxnOffsetCommitResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<TxnOffsetCommitResponseTopic> Topics { get; set; } = [];

    public sealed partial class TxnOffsetCommitResponseTopic
    {
        [Since(6)]
        public Guid TopicId { get; set; }

        [Until(5)]
        public string Name { get; set; } = "";

        public List<TxnOffsetCommitResponsePartition> Partitions { get; set; } = [];
    }

    public sealed partial class TxnOffsetCommitResponsePartition
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

using FlyMQ.Records;

namespace FlyMQ.Protocol.Messages.Data;

/// <summary>
/// Reads batches, by consumers and by followers (KIP-98, sessions of KIP-227, epochs of KIP-320, ids of KIP-516). Partitions are served
/// in the order asked for, and the first batch is returned whole (KIP-74).
/// </summary>
[ApiRequest(ApiKey.Fetch, 0, 18, FlexibleSince = 12)]
public sealed partial class FetchRequest
{
    [Since(12), Tag(0), Ignorable]
    public string? ClusterId { get; set; }

    [Until(14)]
    public int ReplicaId { get; set; } = -1;

    [Since(15), Tag(1)]
    public ReplicaStateData? ReplicaState { get; set; }

    public int MaxWaitMs { get; set; }

    public int MinBytes { get; set; }

    [Since(3), Ignorable]
    public int MaxBytes { get; set; } = int.MaxValue;

    [Since(4), Ignorable]
    public sbyte IsolationLevel { get; set; }

    [Since(7), Ignorable]
    public int SessionId { get; set; }

    [Since(7), Ignorable]
    public int SessionEpoch { get; set; } = -1;

    public List<FetchTopic> Topics { get; set; } = [];

    [Since(7)]
    public List<ForgottenTopic> ForgottenTopicsData { get; set; } = [];

    [Since(11), Ignorable]
    public string RackId { get; set; } = "";

    public sealed partial class ReplicaStateData
    {
        public int ReplicaId { get; set; } = -1;

        public long ReplicaEpoch { get; set; } = -1;
    }

    public sealed partial class FetchTopic
    {
        [Until(12), Ignorable]
        public string Topic { get; set; } = "";

        [Since(13), Ignorable]
        public Guid TopicId { get; set; }

        public List<FetchPartition> Partitions { get; set; } = [];
    }

    public sealed partial class ForgottenTopic
    {
        [Until(12), Ignorable]
        public string Topic { get; set; } = "";

        [Since(13), Ignorable]
        public Guid TopicId { get; set; }

        public List<int> Partitions { get; set; } = [];
    }

    public sealed partial class FetchPartition
    {
        public int Partition { get; set; }

        [Since(9), Ignorable]
        public int CurrentLeaderEpoch { get; set; } = -1;

        public long FetchOffset { get; set; }

        [Since(12)]
        public int LastFetchedEpoch { get; set; } = -1;

        [Since(5), Ignorable]
        public long LogStartOffset { get; set; } = -1;

        public int PartitionMaxBytes { get; set; }

        [Since(17), Tag(0), Ignorable]
        public Guid ReplicaDirectoryId { get; set; }

        [Since(18), Tag(1)]
        public long HighWatermark { get; set; } = long.MaxValue;
    }
}

[ApiResponse]
public sealed partial class FetchResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    [Since(7)]
    public ErrorCode ErrorCode { get; set; }

    [Since(7)]
    public int SessionId { get; set; }

    public List<FetchableTopicResponse> Responses { get; set; } = [];

    [Since(16), Tag(0)]
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    public sealed partial class FetchableTopicResponse
    {
        [Until(12)]
        public string Topic { get; set; } = "";

        [Since(13)]
        public Guid TopicId { get; set; }

        public List<PartitionData> Partitions { get; set; } = [];
    }

    public sealed partial class NodeEndpoint
    {
        public int NodeId { get; set; }

        public string Host { get; set; } = "";

        public int Port { get; set; }

        public string? Rack { get; set; }
    }

    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public long HighWatermark { get; set; }

        [Since(4)]
        public long LastStableOffset { get; set; } = -1;

        [Since(5)]
        public long LogStartOffset { get; set; } = -1;

        [Since(12), Tag(0)]
        public EpochEndOffset? DivergingEpoch { get; set; }

        [Since(12), Tag(1)]
        public LeaderIdAndEpoch? CurrentLeader { get; set; }

        [Since(12), Tag(2)]
        public SnapshotId? SnapshotId { get; set; }

        [Since(4)]
        public List<AbortedTransaction>? AbortedTransactions { get; set; }

        [Since(11)]
        public int PreferredReadReplica { get; set; } = -1;

        public IRecordsSource? Records { get; set; }
    }

    public sealed partial class EpochEndOffset
    {
        public int Epoch { get; set; } = -1;

        public long EndOffset { get; set; } = -1;
    }

    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; } = -1;

        public int LeaderEpoch { get; set; } = -1;
    }

    public sealed partial class SnapshotId
    {
        public long EndOffset { get; set; } = -1;

        public int Epoch { get; set; } = -1;
    }

    public sealed partial class AbortedTransaction
    {
        public long ProducerId { get; set; }

        public long FirstOffset { get; set; }
    }
}

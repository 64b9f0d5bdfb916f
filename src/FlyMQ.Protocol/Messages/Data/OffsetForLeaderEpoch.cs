namespace FlyMQ.Protocol.Messages.Data;

/// <summary>Where an epoch ended, so that a log that went another way knows where to cut (KIP-101, KIP-320).</summary>
[ApiRequest(ApiKey.OffsetForLeaderEpoch, 0, 4, FlexibleSince = 4)]
public sealed partial class OffsetForLeaderEpochRequest
{
    [Since(3), Ignorable]
    public int ReplicaId { get; set; } = -2;

    public List<OffsetForLeaderTopic> Topics { get; set; } = [];

    public sealed partial class OffsetForLeaderTopic
    {
        public string Topic { get; set; } = "";

        public List<OffsetForLeaderPartition> Partitions { get; set; } = [];
    }

    public sealed partial class OffsetForLeaderPartition
    {
        public int Partition { get; set; }

        [Since(2), Ignorable]
        public int CurrentLeaderEpoch { get; set; } = -1;

        public int LeaderEpoch { get; set; }
    }
}

[ApiResponse]
public sealed partial class OffsetForLeaderEpochResponse
{
    [Since(2)]
    public int ThrottleTimeMs { get; set; }

    public List<OffsetForLeaderTopicResult> Topics { get; set; } = [];

    public sealed partial class OffsetForLeaderTopicResult
    {
        public string Topic { get; set; } = "";

        public List<EpochEndOffset> Partitions { get; set; } = [];
    }

    public sealed partial class EpochEndOffset
    {
        public ErrorCode ErrorCode { get; set; }

        public int Partition { get; set; }

        [Since(1)]
        public int LeaderEpoch { get; set; } = -1;

        public long EndOffset { get; set; } = -1;
    }
}

namespace FlyMQ.Protocol.Messages.Data;

/// <summary>
/// Finds offsets by time, or by one of the special times: −1 latest, −2 earliest, −3 of the largest timestamp (KIP-734), −4 earliest
/// local, −5 latest tiered (KIP-405, KIP-1005), −6 earliest pending upload.
/// </summary>
[ApiRequest(ApiKey.ListOffsets, 0, 11, FlexibleSince = 6)]
public sealed partial class ListOffsetsRequest
{
    public int ReplicaId { get; set; }

    [Since(2)]
    public sbyte IsolationLevel { get; set; }

    public List<ListOffsetsTopic> Topics { get; set; } = [];

    [Since(10), Ignorable]
    public int TimeoutMs { get; set; }

    public sealed partial class ListOffsetsTopic
    {
        public string Name { get; set; } = "";

        public List<ListOffsetsPartition> Partitions { get; set; } = [];
    }

    public sealed partial class ListOffsetsPartition
    {
        public int PartitionIndex { get; set; }

        [Since(4), Ignorable]
        public int CurrentLeaderEpoch { get; set; } = -1;

        public long Timestamp { get; set; }

        [Until(0)]
        public int MaxNumOffsets { get; set; } = 1;
    }
}

[ApiResponse]
public sealed partial class ListOffsetsResponse
{
    [Since(2)]
    public int ThrottleTimeMs { get; set; }

    public List<ListOffsetsTopicResponse> Topics { get; set; } = [];

    public sealed partial class ListOffsetsTopicResponse
    {
        public string Name { get; set; } = "";

        public List<ListOffsetsPartitionResponse> Partitions { get; set; } = [];
    }

    public sealed partial class ListOffsetsPartitionResponse
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }

        [Until(0)]
        public List<long> OldStyleOffsets { get; set; } = [];

        [Since(1)]
        public long Timestamp { get; set; } = -1;

        [Since(1)]
        public long Offset { get; set; } = -1;

        [Since(4)]
        public int LeaderEpoch { get; set; } = -1;
    }
}

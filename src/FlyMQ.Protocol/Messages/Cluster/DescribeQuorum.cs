namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>The voters and observers of the metadata log, and how far they are (KIP-595, KIP-836).</summary>
[ApiRequest(ApiKey.DescribeQuorum, 0, 2, FlexibleSince = 0)]
public sealed partial class DescribeQuorumRequest
{
    public List<TopicData> Topics { get; set; } = [];

    public sealed partial class TopicData
    {
        public string TopicName { get; set; } = "";

        public List<PartitionData> Partitions { get; set; } = [];
    }

    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }
    }
}

[ApiResponse]
public sealed partial class DescribeQuorumResponse
{
    public ErrorCode ErrorCode { get; set; }

    [Since(2)]
    public string? ErrorMessage { get; set; }

    public List<TopicData> Topics { get; set; } = [];

    [Since(2)]
    public List<Node> Nodes { get; set; } = [];

    public sealed partial class TopicData
    {
        public string TopicName { get; set; } = "";

        public List<PartitionData> Partitions { get; set; } = [];
    }

    public sealed partial class Node
    {
        public int NodeId { get; set; }

        public List<Listener> Listeners { get; set; } = [];
    }

    public sealed partial class ReplicaState
    {
        public int ReplicaId { get; set; }

        [Since(2)]
        public Guid ReplicaDirectoryId { get; set; }

        public long LogEndOffset { get; set; }

        [Since(1)]
        public long LastFetchTimestamp { get; set; } = -1;

        [Since(1)]
        public long LastCaughtUpTimestamp { get; set; } = -1;
    }

    public sealed partial class PartitionData
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }

        [Since(2)]
        public string? ErrorMessage { get; set; }

        public int LeaderId { get; set; }

        public int LeaderEpoch { get; set; }

        public long HighWatermark { get; set; }

        public List<ReplicaState> CurrentVoters { get; set; } = [];

        public List<ReplicaState> Observers { get; set; } = [];
    }

    public sealed partial class Listener
    {
        public string Name { get; set; } = "";

        public string Host { get; set; } = "";

        public ushort Port { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Topics;

/// <summary>Partitions of topics in pages: a response ends with the cursor where the next one starts (KIP-966).</summary>
[ApiRequest(ApiKey.DescribeTopicPartitions, 0, 0, FlexibleSince = 0)]
public sealed partial class DescribeTopicPartitionsRequest
{
    public List<TopicRequest> Topics { get; set; } = [];

    public int ResponsePartitionLimit { get; set; } = 2000;

    public CursorData? Cursor { get; set; }

    public sealed partial class TopicRequest
    {
        public string Name { get; set; } = "";
    }

    public sealed partial class CursorData
    {
        public string TopicName { get; set; } = "";

        public int PartitionIndex { get; set; }
    }
}

[ApiResponse]
public sealed partial class DescribeTopicPartitionsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<DescribeTopicPartitionsResponseTopic> Topics { get; set; } = [];

    public Cursor? NextCursor { get; set; }

    public sealed partial class DescribeTopicPartitionsResponseTopic
    {
        public ErrorCode ErrorCode { get; set; }

        public string? Name { get; set; }

        public Guid TopicId { get; set; }

        public bool IsInternal { get; set; }

        public List<DescribeTopicPartitionsResponsePartition> Partitions { get; set; } = [];

        public int TopicAuthorizedOperations { get; set; } = int.MinValue;
    }

    public sealed partial class Cursor
    {
        public string TopicName { get; set; } = "";

        public int PartitionIndex { get; set; }
    }

    public sealed partial class DescribeTopicPartitionsResponsePartition
    {
        public ErrorCode ErrorCode { get; set; }

        public int PartitionIndex { get; set; }

        public int LeaderId { get; set; }

        public int LeaderEpoch { get; set; } = -1;

        public List<int> ReplicaNodes { get; set; } = [];

        public List<int> IsrNodes { get; set; } = [];

        public List<int>? EligibleLeaderReplicas { get; set; }

        public List<int>? LastKnownElr { get; set; }

        public List<int> OfflineReplicas { get; set; } = [];
    }
}

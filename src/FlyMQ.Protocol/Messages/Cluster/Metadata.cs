namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Brokers, topics, partitions and their leaders. Null topics (empty in version 0) mean all of them.</summary>
[ApiRequest(ApiKey.Metadata, 0, 13, FlexibleSince = 9)]
public sealed partial class MetadataRequest
{
    [NullableSince(1)]
    public List<MetadataRequestTopic>? Topics { get; set; }

    [Since(4)]
    public bool AllowAutoTopicCreation { get; set; } = true;

    [Since(8), Until(10)]
    public bool IncludeClusterAuthorizedOperations { get; set; }

    [Since(8)]
    public bool IncludeTopicAuthorizedOperations { get; set; }

    public sealed partial class MetadataRequestTopic
    {
        [Since(10), Ignorable]
        public Guid TopicId { get; set; }

        [NullableSince(10)]
        public string? Name { get; set; }
    }
}

[ApiResponse]
public sealed partial class MetadataResponse
{
    [Since(3)]
    public int ThrottleTimeMs { get; set; }

    public List<MetadataResponseBroker> Brokers { get; set; } = [];

    [Since(2)]
    public string? ClusterId { get; set; }

    [Since(1)]
    public int ControllerId { get; set; } = -1;

    public List<MetadataResponseTopic> Topics { get; set; } = [];

    [Since(13)]
    public ErrorCode ErrorCode { get; set; }

    [Since(8), Until(10)]
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;

    public sealed partial class MetadataResponseBroker
    {
        public int NodeId { get; set; }

        public string Host { get; set; } = "";

        public int Port { get; set; }

        [Since(1)]
        public string? Rack { get; set; }
    }

    public sealed partial class MetadataResponseTopic
    {
        public ErrorCode ErrorCode { get; set; }

        [NullableSince(12)]
        public string? Name { get; set; }

        [Since(10)]
        public Guid TopicId { get; set; }

        [Since(1)]
        public bool IsInternal { get; set; }

        public List<MetadataResponsePartition> Partitions { get; set; } = [];

        [Since(8)]
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;
    }

    public sealed partial class MetadataResponsePartition
    {
        public ErrorCode ErrorCode { get; set; }

        public int PartitionIndex { get; set; }

        public int LeaderId { get; set; }

        [Since(7)]
        public int LeaderEpoch { get; set; } = -1;

        public List<int> ReplicaNodes { get; set; } = [];

        public List<int> IsrNodes { get; set; } = [];

        [Since(5)]
        public List<int> OfflineReplicas { get; set; } = [];
    }
}

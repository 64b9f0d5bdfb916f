namespace FlyMQ.Protocol.Messages.Topics;

/// <summary>Creates topics, or only judges whether it would. −1 for partitions or replication factor takes the default (KIP-464).</summary>
[ApiRequest(ApiKey.CreateTopics, 0, 7, FlexibleSince = 5)]
public sealed partial class CreateTopicsRequest
{
    public List<CreatableTopic> Topics { get; set; } = [];

    public int timeoutMs { get; set; } = 60000;

    [Since(1)]
    public bool validateOnly { get; set; }

    public sealed partial class CreatableTopic
    {
        public string Name { get; set; } = "";

        public int NumPartitions { get; set; }

        public short ReplicationFactor { get; set; }

        public List<CreatableReplicaAssignment> Assignments { get; set; } = [];

        public List<CreatableTopicConfig> Configs { get; set; } = [];
    }

    public sealed partial class CreatableReplicaAssignment
    {
        public int PartitionIndex { get; set; }

        public List<int> BrokerIds { get; set; } = [];
    }

    public sealed partial class CreatableTopicConfig
    {
        public string Name { get; set; } = "";

        public string? Value { get; set; }
    }
}

[ApiResponse]
public sealed partial class CreateTopicsResponse
{
    [Since(2)]
    public int ThrottleTimeMs { get; set; }

    public List<CreatableTopicResult> Topics { get; set; } = [];

    public sealed partial class CreatableTopicResult
    {
        public string Name { get; set; } = "";

        [Since(7)]
        public Guid TopicId { get; set; }

        public ErrorCode ErrorCode { get; set; }

        [Since(1)]
        public string? ErrorMessage { get; set; }

        [Since(5), Tag(0)]
        public ErrorCode TopicConfigErrorCode { get; set; }

        [Since(5)]
        public int NumPartitions { get; set; } = -1;

        [Since(5)]
        public short ReplicationFactor { get; set; } = -1;

        [Since(5)]
        public List<CreatableTopicConfigs>? Configs { get; set; }
    }

    public sealed partial class CreatableTopicConfigs
    {
        public string Name { get; set; } = "";

        public string? Value { get; set; }

        public bool ReadOnly { get; set; }

        public sbyte ConfigSource { get; set; } = -1;

        public bool IsSensitive { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Topics;

/// <summary>Raises the number of partitions of topics (KIP-195). Null assignments leave the choice to the cluster.</summary>
[ApiRequest(ApiKey.CreatePartitions, 0, 3, FlexibleSince = 2)]
public sealed partial class CreatePartitionsRequest
{
    public List<CreatePartitionsTopic> Topics { get; set; } = [];

    public int TimeoutMs { get; set; }

    public bool ValidateOnly { get; set; }

    public sealed partial class CreatePartitionsTopic
    {
        public string Name { get; set; } = "";

        public int Count { get; set; }

        public List<CreatePartitionsAssignment>? Assignments { get; set; }
    }

    public sealed partial class CreatePartitionsAssignment
    {
        public List<int> BrokerIds { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class CreatePartitionsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<CreatePartitionsTopicResult> Results { get; set; } = [];

    public sealed partial class CreatePartitionsTopicResult
    {
        public string Name { get; set; } = "";

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Data;

/// <summary>The idempotent producers a partition remembers (KIP-664).</summary>
[ApiRequest(ApiKey.DescribeProducers, 0, 0, FlexibleSince = 0)]
public sealed partial class DescribeProducersRequest
{
    public List<TopicRequest> Topics { get; set; } = [];

    public sealed partial class TopicRequest
    {
        public string Name { get; set; } = "";

        public List<int> PartitionIndexes { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class DescribeProducersResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<TopicResponse> Topics { get; set; } = [];

    public sealed partial class TopicResponse
    {
        public string Name { get; set; } = "";

        public List<PartitionResponse> Partitions { get; set; } = [];
    }

    public sealed partial class PartitionResponse
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }

        public List<ProducerState> ActiveProducers { get; set; } = [];
    }

    public sealed partial class ProducerState
    {
        public long ProducerId { get; set; }

        public int ProducerEpoch { get; set; }

        public int LastSequence { get; set; } = -1;

        public long LastTimestamp { get; set; } = -1;

        public int CoordinatorEpoch { get; set; }

        public long CurrentTxnStartOffset { get; set; } = -1;
    }
}

using System.Buffers;

namespace FlyMQ.Protocol.Messages.Data;

/// <summary>
/// Appends batches to partitions. acks = 0 gets no answer at all. Topic ids replace names in version 13 (KIP-516); errors of single
/// records since 8 (KIP-467); where the leader moved to since 10 (KIP-951).
/// </summary>
[ApiRequest(ApiKey.Produce, 0, 13, FlexibleSince = 9)]
public sealed partial class ProduceRequest
{
    [Since(3)]
    public string? TransactionalId { get; set; }

    public short Acks { get; set; }

    public int TimeoutMs { get; set; }

    public List<TopicProduceData> TopicData { get; set; } = [];

    public sealed partial class TopicProduceData
    {
        [Since(13)]
        public Guid TopicId { get; set; }

        [Until(12)]
        public string Name { get; set; } = "";

        public List<PartitionProduceData> PartitionData { get; set; } = [];
    }

    public sealed partial class PartitionProduceData
    {
        public int Index { get; set; }

        public ReadOnlySequence<byte>? Records { get; set; }
    }
}

[ApiResponse]
public sealed partial class ProduceResponse
{
    public List<TopicProduceResponse> Responses { get; set; } = [];

    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    [Since(10), Tag(0)]
    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    public sealed partial class TopicProduceResponse
    {
        [Since(13)]
        public Guid TopicId { get; set; }

        [Until(12)]
        public string Name { get; set; } = "";

        public List<PartitionProduceResponse> PartitionResponses { get; set; } = [];
    }

    public sealed partial class NodeEndpoint
    {
        public int NodeId { get; set; }

        public string Host { get; set; } = "";

        public int Port { get; set; }

        public string? Rack { get; set; }
    }

    public sealed partial class PartitionProduceResponse
    {
        public int Index { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public long BaseOffset { get; set; }

        [Since(2)]
        public long LogAppendTimeMs { get; set; } = -1;

        [Since(5)]
        public long LogStartOffset { get; set; } = -1;

        [Since(8)]
        public List<BatchIndexAndErrorMessage> RecordErrors { get; set; } = [];

        [Since(8)]
        public string? ErrorMessage { get; set; }

        [Since(10), Tag(0)]
        public LeaderIdAndEpoch? CurrentLeader { get; set; }
    }

    public sealed partial class BatchIndexAndErrorMessage
    {
        public int BatchIndex { get; set; }

        public string? BatchIndexErrorMessage { get; set; }
    }

    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; } = -1;

        public int LeaderEpoch { get; set; } = -1;
    }
}

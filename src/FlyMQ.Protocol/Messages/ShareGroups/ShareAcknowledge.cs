namespace FlyMQ.Protocol.Messages.ShareGroups;

/// <summary>Accepts, releases or rejects acquired records (KIP-932).</summary>
[ApiRequest(ApiKey.ShareAcknowledge, 1, 2, FlexibleSince = 0)]
public sealed partial class ShareAcknowledgeRequest
{
    public string? GroupId { get; set; }

    public string? MemberId { get; set; }

    public int ShareSessionEpoch { get; set; }

    [Since(2)]
    public bool IsRenewAck { get; set; }

    public List<AcknowledgeTopic> Topics { get; set; } = [];

    public sealed partial class AcknowledgeTopic
    {
        public Guid TopicId { get; set; }

        public List<AcknowledgePartition> Partitions { get; set; } = [];
    }

    public sealed partial class AcknowledgePartition
    {
        public int PartitionIndex { get; set; }

        public List<AcknowledgementBatch> AcknowledgementBatches { get; set; } = [];
    }

    public sealed partial class AcknowledgementBatch
    {
        public long FirstOffset { get; set; }

        public long LastOffset { get; set; }

        public List<sbyte> AcknowledgeTypes { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class ShareAcknowledgeResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    [Since(2)]
    public int AcquisitionLockTimeoutMs { get; set; }

    public List<ShareAcknowledgeTopicResponse> Responses { get; set; } = [];

    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    public sealed partial class ShareAcknowledgeTopicResponse
    {
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

        public string? ErrorMessage { get; set; }

        public LeaderIdAndEpoch CurrentLeader { get; set; } = new();
    }

    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; }

        public int LeaderEpoch { get; set; }
    }
}

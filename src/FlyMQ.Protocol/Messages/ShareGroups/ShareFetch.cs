using FlyMQ.Records;

namespace FlyMQ.Protocol.Messages.ShareGroups;

/// <summary>Acquires records for a member of a share group, and acknowledges earlier ones (KIP-932).</summary>
[ApiRequest(ApiKey.ShareFetch, 1, 2, FlexibleSince = 0)]
public sealed partial class ShareFetchRequest
{
    public string? GroupId { get; set; }

    public string? MemberId { get; set; }

    public int ShareSessionEpoch { get; set; }

    public int MaxWaitMs { get; set; }

    public int MinBytes { get; set; }

    public int MaxBytes { get; set; } = int.MaxValue;

    public int MaxRecords { get; set; }

    public int BatchSize { get; set; }

    [Since(2)]
    public sbyte ShareAcquireMode { get; set; }

    [Since(2)]
    public bool IsRenewAck { get; set; }

    public List<FetchTopic> Topics { get; set; } = [];

    public List<ForgottenTopic> ForgottenTopicsData { get; set; } = [];

    public sealed partial class FetchTopic
    {
        public Guid TopicId { get; set; }

        public List<FetchPartition> Partitions { get; set; } = [];
    }

    public sealed partial class ForgottenTopic
    {
        public Guid TopicId { get; set; }

        public List<int> Partitions { get; set; } = [];
    }

    public sealed partial class FetchPartition
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
public sealed partial class ShareFetchResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public int AcquisitionLockTimeoutMs { get; set; }

    public List<ShareFetchableTopicResponse> Responses { get; set; } = [];

    public List<NodeEndpoint> NodeEndpoints { get; set; } = [];

    public sealed partial class ShareFetchableTopicResponse
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

        public ErrorCode AcknowledgeErrorCode { get; set; }

        public string? AcknowledgeErrorMessage { get; set; }

        public LeaderIdAndEpoch CurrentLeader { get; set; } = new();

        public IRecordsSource Records { get; set; } = SequenceRecordsSource.Empty;

        public List<AcquiredRecords> AcquiredRecords { get; set; } = [];
    }

    public sealed partial class LeaderIdAndEpoch
    {
        public int LeaderId { get; set; }

        public int LeaderEpoch { get; set; }
    }

    public sealed partial class AcquiredRecords
    {
        public long FirstOffset { get; set; }

        public long LastOffset { get; set; }

        public short DeliveryCount { get; set; }
    }
}

namespace FlyMQ.Protocol.Messages.Data;

/// <summary>Moves the start of logs forward; −1 means up to the high watermark (KIP-107).</summary>
[ApiRequest(ApiKey.DeleteRecords, 0, 2, FlexibleSince = 2)]
public sealed partial class DeleteRecordsRequest
{
    public List<DeleteRecordsTopic> Topics { get; set; } = [];

    public int TimeoutMs { get; set; }

    public sealed partial class DeleteRecordsTopic
    {
        public string Name { get; set; } = "";

        public List<DeleteRecordsPartition> Partitions { get; set; } = [];
    }

    public sealed partial class DeleteRecordsPartition
    {
        public int PartitionIndex { get; set; }

        public long Offset { get; set; }
    }
}

[ApiResponse]
public sealed partial class DeleteRecordsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<DeleteRecordsTopicResult> Topics { get; set; } = [];

    public sealed partial class DeleteRecordsTopicResult
    {
        public string Name { get; set; } = "";

        public List<DeleteRecordsPartitionResult> Partitions { get; set; } = [];
    }

    public sealed partial class DeleteRecordsPartitionResult
    {
        public int PartitionIndex { get; set; }

        public long LowWatermark { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

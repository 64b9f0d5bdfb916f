namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>The coordinator of transactions tells the leaders how one ended (KIP-98).</summary>
[ApiRequest(ApiKey.WriteTxnMarkers, 0, 2, FlexibleSince = 1)]
public sealed partial class WriteTxnMarkersRequest
{
    public List<WritableTxnMarker> Markers { get; set; } = [];

    public sealed partial class WritableTxnMarker
    {
        public long ProducerId { get; set; }

        public short ProducerEpoch { get; set; }

        public bool TransactionResult { get; set; }

        public List<WritableTxnMarkerTopic> Topics { get; set; } = [];

        public int CoordinatorEpoch { get; set; }

        [Since(2)]
        public sbyte TransactionVersion { get; set; }
    }

    public sealed partial class WritableTxnMarkerTopic
    {
        public string Name { get; set; } = "";

        public List<int> PartitionIndexes { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class WriteTxnMarkersResponse
{
    public List<WritableTxnMarkerResult> Markers { get; set; } = [];

    public sealed partial class WritableTxnMarkerResult
    {
        public long ProducerId { get; set; }

        public List<WritableTxnMarkerTopicResult> Topics { get; set; } = [];
    }

    public sealed partial class WritableTxnMarkerTopicResult
    {
        public string Name { get; set; } = "";

        public List<WritableTxnMarkerPartitionResult> Partitions { get; set; } = [];
    }

    public sealed partial class WritableTxnMarkerPartitionResult
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}

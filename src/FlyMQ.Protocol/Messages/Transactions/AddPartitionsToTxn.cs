namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>Takes partitions into a transaction, for a client up to version 3, between brokers from 4 on (KIP-890).</summary>
[ApiRequest(ApiKey.AddPartitionsToTxn, 0, 5, FlexibleSince = 3)]
public sealed partial class AddPartitionsToTxnRequest
{
    [Since(4)]
    public List<AddPartitionsToTxnTransaction> Transactions { get; set; } = [];

    [Until(3)]
    public string V3AndBelowTransactionalId { get; set; } = "";

    [Until(3)]
    public long V3AndBelowProducerId { get; set; }

    [Until(3)]
    public short V3AndBelowProducerEpoch { get; set; }

    [Until(3)]
    public List<AddPartitionsToTxnTopic> V3AndBelowTopics { get; set; } = [];

    public sealed partial class AddPartitionsToTxnTransaction
    {
        public string TransactionalId { get; set; } = "";

        public long ProducerId { get; set; }

        public short ProducerEpoch { get; set; }

        public bool VerifyOnly { get; set; }

        public List<AddPartitionsToTxnTopic> Topics { get; set; } = [];
    }

    public sealed partial class AddPartitionsToTxnTopic
    {
        public string Name { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class AddPartitionsToTxnResponse
{
    public int ThrottleTimeMs { get; set; }

    [Since(4)]
    public ErrorCode ErrorCode { get; set; }

    [Since(4)]
    public List<AddPartitionsToTxnResult> ResultsByTransaction { get; set; } = [];

    [Until(3)]
    public List<AddPartitionsToTxnTopicResult> ResultsByTopicV3AndBelow { get; set; } = [];

    public sealed partial class AddPartitionsToTxnResult
    {
        public string TransactionalId { get; set; } = "";

        public List<AddPartitionsToTxnTopicResult> TopicResults { get; set; } = [];
    }

    public sealed partial class AddPartitionsToTxnTopicResult
    {
        public string Name { get; set; } = "";

        public List<AddPartitionsToTxnPartitionResult> ResultsByPartition { get; set; } = [];
    }

    public sealed partial class AddPartitionsToTxnPartitionResult
    {
        public int PartitionIndex { get; set; }

        public ErrorCode PartitionErrorCode { get; set; }
    }
}

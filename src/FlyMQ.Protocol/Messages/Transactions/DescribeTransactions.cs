namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>State and partitions of transactions (KIP-664).</summary>
[ApiRequest(ApiKey.DescribeTransactions, 0, 0, FlexibleSince = 0)]
public sealed partial class DescribeTransactionsRequest
{
    public List<string> TransactionalIds { get; set; } = [];
}

[ApiResponse]
public sealed partial class DescribeTransactionsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<TransactionStateData> TransactionStates { get; set; } = [];

    public sealed partial class TransactionStateData
    {
        public ErrorCode ErrorCode { get; set; }

        public string TransactionalId { get; set; } = "";

        public string TransactionState { get; set; } = "";

        public int TransactionTimeoutMs { get; set; }

        public long TransactionStartTimeMs { get; set; }

        public long ProducerId { get; set; }

        public short ProducerEpoch { get; set; }

        public List<TopicData> Topics { get; set; } = [];
    }

    public sealed partial class TopicData
    {
        public string Topic { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}

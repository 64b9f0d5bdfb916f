namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>Transactions by state, producer and, since version 1, duration (KIP-994).</summary>
[ApiRequest(ApiKey.ListTransactions, 0, 2, FlexibleSince = 0)]
public sealed partial class ListTransactionsRequest
{
    public List<string> StateFilters { get; set; } = [];

    public List<long> ProducerIdFilters { get; set; } = [];

    [Since(1)]
    public long DurationFilter { get; set; } = -1;

    [Since(2)]
    public string? TransactionalIdPattern { get; set; }
}

[ApiResponse]
public sealed partial class ListTransactionsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public List<string> UnknownStateFilters { get; set; } = [];

    public List<TransactionStateData> TransactionStates { get; set; } = [];

    public sealed partial class TransactionStateData
    {
        public string TransactionalId { get; set; } = "";

        public long ProducerId { get; set; }

        public string TransactionState { get; set; } = "";
    }
}

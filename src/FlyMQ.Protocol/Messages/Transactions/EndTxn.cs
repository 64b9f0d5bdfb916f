namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>Commits or aborts a transaction; since version 5 it answers with the next epoch (KIP-890).</summary>
[ApiRequest(ApiKey.EndTxn, 0, 5, FlexibleSince = 3)]
public sealed partial class EndTxnRequest
{
    public string TransactionalId { get; set; } = "";

    public long ProducerId { get; set; }

    public short ProducerEpoch { get; set; }

    public bool Committed { get; set; }
}

[ApiResponse]
public sealed partial class EndTxnResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    [Since(5)]
    public long ProducerId { get; set; } = -1;

    [Since(5)]
    public short ProducerEpoch { get; set; } = -1;
}

namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>Gives a producer its id and epoch (KIP-98, KIP-360). Version 6 is for two-phase commit (KIP-939) and not stable.</summary>
[ApiRequest(ApiKey.InitProducerId, 0, 6, FlexibleSince = 2, NewestIsUnstable = true)]
public sealed partial class InitProducerIdRequest
{
    public string? TransactionalId { get; set; }

    public int TransactionTimeoutMs { get; set; }

    [Since(3)]
    public long ProducerId { get; set; } = -1;

    [Since(3)]
    public short ProducerEpoch { get; set; } = -1;

    [Since(6)]
    public bool Enable2Pc { get; set; }

    [Since(6)]
    public bool KeepPreparedTxn { get; set; }
}

[ApiResponse]
public sealed partial class InitProducerIdResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public long ProducerId { get; set; } = -1;

    public short ProducerEpoch { get; set; }

    [Since(6)]
    public long OngoingTxnProducerId { get; set; } = -1;

    [Since(6)]
    public short OngoingTxnProducerEpoch { get; set; } = -1;
}

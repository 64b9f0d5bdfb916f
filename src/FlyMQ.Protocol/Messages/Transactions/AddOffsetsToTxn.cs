namespace FlyMQ.Protocol.Messages.Transactions;

/// <summary>Takes a group’s offsets into a transaction (KIP-98).</summary>
[ApiRequest(ApiKey.AddOffsetsToTxn, 0, 4, FlexibleSince = 3)]
public sealed partial class AddOffsetsToTxnRequest
{
    public string TransactionalId { get; set; } = "";

    public long ProducerId { get; set; }

    public short ProducerEpoch { get; set; }

    public string GroupId { get; set; } = "";
}

[ApiResponse]
public sealed partial class AddOffsetsToTxnResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }
}

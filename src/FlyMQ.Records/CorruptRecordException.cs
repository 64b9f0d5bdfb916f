namespace FlyMQ.Records;

/// <summary>
/// Bytes that had been accepted as a batch turn out not to be one while they are read: damage, or a producer that compressed nonsense.
/// Judging bytes that just arrived never throws; see <see cref="RecordBatchValidator"/>.
/// </summary>
public sealed class CorruptRecordException : IOException
{
    public CorruptRecordException(RecordBatchFault fault)
        : base(fault.Describe()) => Fault = fault;

    public RecordBatchFault Fault { get; }
}

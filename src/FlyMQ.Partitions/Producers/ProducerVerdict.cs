using FlyMQ.Protocol;

namespace FlyMQ.Partitions.Producers;

/// <param name="Original">Set when the batch is a duplicate of one that is in the log.</param>
internal readonly record struct ProducerVerdict(ErrorCode Error, string? Message, AppendedBatch? Original)
{
    public static readonly ProducerVerdict Accept;

    public static ProducerVerdict Duplicate(in AppendedBatch original) => new(ErrorCode.None, null, original);

    public static ProducerVerdict Reject(ErrorCode error, string message) => new(error, message, null);
}

using FlyMQ.Records;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Partitions;

/// <summary>What a partition tells (ids 5000–5999).</summary>
internal sealed partial class PartitionEvents(ILogger logger, string topic, int partition)
{
    [LoggerMessage(5000, LogLevel.Debug, "Leads {Topic}-{Partition} in epoch {Epoch}, offsets {StartOffset} to {EndOffset}, {Producers} producers.")]
    private static partial void Leads(ILogger logger, string topic, int partition, LeaderEpoch epoch, Offset startOffset, Offset endOffset, int producers);

    [LoggerMessage(5001, LogLevel.Error, "Records of {Topic}-{Partition} could not be deleted.")]
    private static partial void DeleteRecordsFailed(ILogger logger, Exception exception, string topic, int partition);

    [LoggerMessage(5002, LogLevel.Debug, "No longer leads {Topic}-{Partition}, epoch {Epoch}.")]
    private static partial void Resigned(ILogger logger, string topic, int partition, LeaderEpoch epoch);

    [LoggerMessage(5003, LogLevel.Error, "{Topic}-{Partition} takes no more records: {Reason}. {Waiters} producers that waited for an acknowledgement were told so.")]
    private static partial void Fenced(ILogger logger, string topic, int partition, string reason, int waiters);

    [LoggerMessage(5004, LogLevel.Error, "What is known of the producers of {Topic}-{Partition} cannot be read.")]
    private static partial void RecoveryFailed(ILogger logger, Exception exception, string topic, int partition);

    public void Leads(ReadView view, int producers) => Leads(logger, topic, partition, view.LeaderEpoch, view.LogStartOffset, view.EndOffset, producers);

    public void DeleteRecordsFailed(Exception exception) => DeleteRecordsFailed(logger, exception, topic, partition);

    public void Resigned(LeaderEpoch epoch) => Resigned(logger, topic, partition, epoch);

    public void Fenced(string reason, int waiters) => Fenced(logger, topic, partition, reason, waiters);

    public void RecoveryFailed(Exception exception) => RecoveryFailed(logger, exception, topic, partition);
}

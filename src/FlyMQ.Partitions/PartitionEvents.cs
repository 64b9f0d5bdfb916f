using Microsoft.Extensions.Logging;

namespace FlyMQ.Partitions;

/// <summary>What partitions tell (ids 5000–5999).</summary>
internal sealed partial class PartitionEvents(ILogger logger)
{
    [LoggerMessage(5000, LogLevel.Debug, "Leads {Topic}-{Partition} in epoch {Epoch} from offset {EndOffset}.")]
    public partial void Leads(string topic, int partition, int epoch, long endOffset);

    [LoggerMessage(5001, LogLevel.Error, "Records of {Topic}-{Partition} could not be deleted.")]
    public partial void DeleteRecordsFailed(Exception exception, string topic, int partition);
}

using FlyMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Coordinators;

/// <summary>What group coordinators tell (ids 6000–6999).</summary>
internal sealed partial class CoordinatorEvents(ILogger logger)
{
    [LoggerMessage(6000, LogLevel.Debug, "Loaded {Groups} groups of __consumer_offsets-{Partition} from {Records} records in {ElapsedMs} ms.")]
    public partial void Loaded(int partition, int groups, long records, long elapsedMs);

    [LoggerMessage(6001, LogLevel.Error, "The groups of __consumer_offsets-{Partition} could not be loaded; tried again.")]
    public partial void LoadFailed(Exception exception, int partition);

    [LoggerMessage(6002, LogLevel.Warning, "Records of groups could not be appended to __consumer_offsets-{Partition} ({Error}); its groups are loaded anew.")]
    public partial void AppendFailed(int partition, ErrorCode error);

    [LoggerMessage(6003, LogLevel.Warning, "A record of __consumer_offsets-{Partition} at offset {Offset} cannot be read ({Message}) and is passed over.")]
    public partial void RecordSkipped(int partition, long offset, string message);
}

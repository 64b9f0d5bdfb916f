using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Lag;

/// <summary>What the look-ups of groups' positions have to tell.</summary>
internal sealed partial class LagEvents(ILogger logger)
{
    [LoggerMessage(6100, LogLevel.Warning, "How old the record at offset {Offset} of {Topic}-{Partition} is cannot be looked up: the lag in time of its groups is missing.")]
    public partial void CannotLocate(Exception exception, string topic, int partition, long offset);
}

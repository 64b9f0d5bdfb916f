using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Meters;

/// <summary>What the meter tells of itself (ids 7420–7429).</summary>
internal sealed partial class MeterEvents(ILogger logger)
{
    [LoggerMessage(7420, LogLevel.Warning, "The metrics could not be read for the meter's listeners, which see none until they can.")]
    public partial void WalkFailed(Exception exception);
}

using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>What the sending of metrics tells of itself (ids 7410–7419): when it works no longer and when it works again, not each time.</summary>
internal sealed partial class MetricExportEvents(ILogger logger)
{
    [LoggerMessage(7410, LogLevel.Information, "Metrics go to {Endpoint} ({Protocol}), every {IntervalMs} ms")]
    public partial void Exporting(Uri endpoint, string protocol, int intervalMs);

    [LoggerMessage(7411, LogLevel.Warning, "Metrics cannot be sent to {Endpoint}: {Reason} It is tried again every {IntervalMs} ms.")]
    public partial void Failing(Uri endpoint, string reason, int intervalMs);

    [LoggerMessage(7412, LogLevel.Information, "Metrics are sent to {Endpoint} again, after {Failed} times that failed.")]
    public partial void Working(Uri endpoint, long failed);
}

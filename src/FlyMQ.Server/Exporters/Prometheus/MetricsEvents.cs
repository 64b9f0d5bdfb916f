using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>What the metrics tell of themselves (ids 7400–7499).</summary>
internal sealed partial class MetricsEvents(ILogger logger)
{
    [LoggerMessage(7400, LogLevel.Information, "Metrics at http://{Address}/metrics")]
    public partial void Listening(string address);

    [LoggerMessage(7401, LogLevel.Warning, "Metrics are not served: {Address} (observability.metrics.listen) cannot be bound: {Reason}")]
    public partial void NotListening(string address, string reason);

    [LoggerMessage(7402, LogLevel.Warning, "A scrape of the metrics failed.")]
    public partial void ScrapeFailed(Exception exception);
}

using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>What tracing tells of itself (ids 7500–7599): when it works no longer and when it works again, not each batch.</summary>
internal sealed partial class TracingEvents(ILogger logger)
{
    [LoggerMessage(7500, LogLevel.Information, "Traces go to {Endpoint} ({Protocol}), {SampleRate} of the requests")]
    public partial void Tracing(Uri endpoint, string protocol, double sampleRate);

    [LoggerMessage(7501, LogLevel.Warning, "Traces cannot be sent to {Endpoint}: {Reason} Spans are dropped and counted until it takes them again.")]
    public partial void Failing(Uri endpoint, string reason);

    [LoggerMessage(7502, LogLevel.Information, "Traces are sent to {Endpoint} again; {Dropped} spans were dropped.")]
    public partial void Working(Uri endpoint, long dropped);

    [LoggerMessage(7503, LogLevel.Warning, "{Left} spans were not sent before the end: {Endpoint} did not take them within {BoundMs} ms.")]
    public partial void EndedWithout(long left, Uri endpoint, long boundMs);
}

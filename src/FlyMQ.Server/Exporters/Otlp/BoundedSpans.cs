using System.Diagnostics;
using OpenTelemetry;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// The SDK's batches behind a bound of our own: theirs drops without telling how many. It counts what waits and what is on its way, so theirs is never reached.
/// </summary>
internal sealed class BoundedSpans(BaseExporter<Activity> exporter, SpanCounts counts, int queueSize, int batchSize, int delayMs, int timeoutMs)
    : BatchActivityExportProcessor(exporter, queueSize, delayMs, timeoutMs, Math.Min(batchSize, queueSize))
{
    private readonly int _limit = queueSize;

    public override void OnEnd(Activity data)
    {
        if (data.Recorded && counts.TryQueue(_limit))
        {
            base.OnEnd(data);
        }
    }
}

using System.Diagnostics;
using OpenTelemetry;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// Counts what the exporter behind it does, and says once when its endpoint takes no more spans and once when it does again. Called by the sending thread only.
/// </summary>
/// <param name="exporter">The SDK's.</param>
/// <param name="endpoint">For the log.</param>
/// <param name="problem">What was wrong the last time.</param>
internal sealed class CountedExporter(BaseExporter<Activity> exporter, SpanCounts counts, Uri endpoint, Func<string> problem, TracingEvents events) : BaseExporter<Activity>
{
    private bool _failing;
    private long _failedBefore;

    public override ExportResult Export(in Batch<Activity> batch)
    {
        var spans = batch.Count;
        var result = exporter.Export(batch);
        var accepted = result == ExportResult.Success;
        if (!accepted && !_failing)
        {
            _failedBefore = counts.ExportFailed;
            events.Failing(endpoint, problem());
        }
        else if (accepted && _failing)
        {
            events.Working(endpoint, counts.ExportFailed - _failedBefore);
        }

        counts.Sent(spans, accepted);
        _failing = !accepted;
        return result;
    }

    protected override bool OnForceFlush(int timeoutMilliseconds) => exporter.ForceFlush(timeoutMilliseconds);

    protected override bool OnShutdown(int timeoutMilliseconds) => exporter.Shutdown(timeoutMilliseconds);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            exporter.Dispose();
        }

        base.Dispose(disposing);
    }
}

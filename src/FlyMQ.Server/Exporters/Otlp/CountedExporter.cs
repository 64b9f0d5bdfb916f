using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// The SDK's exporter, which keeps to itself what becomes of a batch: this one counts it, and says once when its endpoint takes no more spans and once when it does
/// again. It is derived from and not wrapped, for only the exporter that the SDK holds is told the resource. Called by the sending thread only.
/// </summary>
/// <param name="problem">What was wrong the last time.</param>
internal sealed class CountedExporter(OtlpExporterOptions options, SpanCounts counts, Func<string> problem, TracingEvents events) : OtlpTraceExporter(options)
{
    private readonly Uri _endpoint = options.Endpoint;
    private bool _failing;
    private long _failedBefore;

    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var spans = activityBatch.Count;
        var result = base.Export(activityBatch);
        var accepted = result == ExportResult.Success;
        if (!accepted && !_failing)
        {
            _failedBefore = counts.ExportFailed;
            events.Failing(_endpoint, problem());
        }
        else if (accepted && _failing)
        {
            events.Working(_endpoint, counts.ExportFailed - _failedBefore);
        }

        counts.Sent(spans, accepted);
        _failing = !accepted;
        return result;
    }
}

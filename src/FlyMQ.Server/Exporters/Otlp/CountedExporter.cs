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
    private readonly EndpointState _state = new(reason => events.Failing(options.Endpoint, reason), dropped => events.Working(options.Endpoint, dropped));

    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var spans = activityBatch.Count;
        var result = base.Export(activityBatch);
        var accepted = result == ExportResult.Success;
        counts.Sent(spans, accepted);
        if (accepted)
        {
            _state.Took();
        }
        else
        {
            _state.Refused(problem(), spans);
        }

        return result;
    }
}

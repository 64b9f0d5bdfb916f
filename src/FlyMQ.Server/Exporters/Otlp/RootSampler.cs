using System.Diagnostics;
using FlyMQ.Broker.Tracing;
using FlyMQ.Metadata;
using OpenTelemetry.Trace;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// Records what the broker has decided to record, which it does before it makes a span. Only the metadata log leaves the decision to who listens: in a request that is
/// traced it is, alone it goes by the rate.
/// </summary>
internal sealed class RootSampler(RequestTracing tracing) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.ParentContext switch
        {
            { TraceFlags: var flags } parent when parent != default => (flags & ActivityTraceFlags.Recorded) != 0,
            _ => samplingParameters.Name != MetadataSpans.AppendEntries || tracing.Wants(1),
        });
}

using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>Where the numbers of the metrics page are sent beside being served.</summary>
public sealed record OtlpMetricsOptions
{
    public bool Enabled { get; init; } = OtlpMetricsKeys.Enabled.Default;

    public OtlpConnection Connection { get; init; } = new(OptionValues.None, OtlpMetricsKeys.Connection);

    public int IntervalMs { get; init; } = OtlpMetricsKeys.IntervalMs.Default;

    internal static OtlpMetricsOptions From(OptionValues values) => new()
    {
        Enabled = values.Get(OtlpMetricsKeys.Enabled),
        Connection = new OtlpConnection(values, OtlpMetricsKeys.Connection),
        IntervalMs = values.Get(OtlpMetricsKeys.IntervalMs),
    };
}

internal static class OtlpMetricsKeys
{
    public static readonly OptionSection Section = new(
        "observability.metrics.otlp",
        "The same metrics over OTLP: [observability.md](observability.md#otlp-and-dotnet-counters). The resource is that of traces: `observability.tracing.service_name` and "
        + "`resource_attributes`. What is not set here is taken from OpenTelemetry's own variables, `OTEL_…`, where they are.");

    public static readonly OptionKey<bool> Enabled = Section.Key(
        "enabled", OptionTypes.Boolean, false,
        "Whether metrics are sent. Also on when OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT is set, or OTEL_METRICS_EXPORTER is otlp, and this is not. "
        + "Needs no page of metrics: observability.metrics.enabled is another matter.");

    public static readonly OtlpKeys Connection = new(Section, "metrics", "/v1/metrics");

    public static readonly OptionKey<int> IntervalMs = Section.Key(
        "interval_ms", Whole(100, 3_600_000), 60_000, "How often all metrics are sent. What could not be sent is not sent again: the next time tells all of it.");
}

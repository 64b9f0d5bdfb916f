using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>Which requests become spans, and where those go.</summary>
public sealed record TracingOptions
{
    public bool Enabled { get; init; } = TracingKeys.Enabled.Default;

    public OtlpConnection Connection { get; init; } = new(OptionValues.None, TracingKeys.Connection);

    public double SampleRate { get; init; } = TracingKeys.SampleRate.Default;

    public string ServiceName { get; init; } = TracingKeys.ServiceName.Default;

    public IReadOnlyDictionary<string, string> ResourceAttributes { get; init; } = TracingKeys.ResourceAttributes.Default;

    public int MaxSpansPerSecond { get; init; } = TracingKeys.MaxSpansPerSecond.Default;

    public int QueueSize { get; init; } = TracingKeys.QueueSize.Default;

    public int BatchSize { get; init; } = TracingKeys.BatchSize.Default;

    public int BatchDelayMs { get; init; } = TracingKeys.BatchDelayMs.Default;

    public bool SemanticConventions { get; init; } = TracingKeys.SemanticConventions.Default;

    internal static TracingOptions From(OptionValues values) => new()
    {
        Enabled = values.Get(TracingKeys.Enabled),
        Connection = new OtlpConnection(values, TracingKeys.Connection),
        SampleRate = values.Get(TracingKeys.SampleRate),
        ServiceName = values.Get(TracingKeys.ServiceName),
        ResourceAttributes = values.Get(TracingKeys.ResourceAttributes),
        MaxSpansPerSecond = values.Get(TracingKeys.MaxSpansPerSecond),
        QueueSize = values.Get(TracingKeys.QueueSize),
        BatchSize = values.Get(TracingKeys.BatchSize),
        BatchDelayMs = values.Get(TracingKeys.BatchDelayMs),
        SemanticConventions = values.Get(TracingKeys.SemanticConventions),
    };
}

internal static class TracingKeys
{
    public static readonly OptionSection Section = new(
        "observability.tracing",
        "Traces over OTLP: [observability.md](observability.md#traces). What is not set here is taken from OpenTelemetry's own variables, `OTEL_…`, where they are.");

    public static readonly OptionKey<bool> Enabled = Section.Key(
        "enabled", OptionTypes.Boolean, false,
        "Whether requests are traced. Also on when OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set and this is not.");

    public static readonly OtlpKeys Connection = new(Section, "spans", "/v1/traces");

    public static readonly OptionKey<double> SampleRate = Section.Key(
        "sample_rate", OptionTypes.Decimal(0, 1), 0.1,
        "The share of requests that are traced. A produce whose client records a trace of its own is part of that trace, whatever the rate.");

    public static readonly OptionKey<string> ServiceName = Section.Key(
        "service_name", Text("any text but none", v => v.Length > 0), "flymq", "The resource's `service.name`, also of metrics that are sent over OTLP.");

    public static readonly OptionKey<IReadOnlyDictionary<string, string>> ResourceAttributes = Section.Key(
        "resource_attributes", Texts("names, each with a text", static (name, _) => name.Length > 0), OtlpKeys.NoTexts,
        "What else is said of the broker in every batch of spans or metrics, such as `deployment.environment.name`.");

    public static readonly OptionKey<int> MaxSpansPerSecond = Section.Key(
        "max_spans_per_second", Whole(10, 1_000_000), 1000, "The bound on spans, those included that clients ask for by recording their own traces. What is over is counted.");

    public static readonly OptionKey<int> QueueSize = Section.Key(
        "queue_size", Whole(1, 1_000_000), 2048, "How many spans wait to be sent at most. Further ones are dropped and counted; no request waits for them.");

    public static readonly OptionKey<int> BatchSize = Section.Key(
        "batch_size", Whole(1, 1_000_000), 512, "How many spans are sent at once at most, and no more than wait; sending begins when there are so many.");

    public static readonly OptionKey<int> BatchDelayMs = Section.Key(
        "batch_delay_ms", Whole(1, 3_600_000), 5000, "How long a span waits for others at most.");

    public static readonly OptionKey<bool> SemanticConventions = Section.Key(
        "semantic_conventions", OptionTypes.Boolean, false, "Adds OpenTelemetry's `messaging.*` attributes to the `flymq.*` ones.");
}

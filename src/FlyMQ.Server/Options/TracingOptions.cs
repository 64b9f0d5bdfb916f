using System.Collections.Immutable;
using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>How spans are carried.</summary>
public enum OtlpProtocol
{
    Grpc,
    HttpProtobuf,
}

public enum OtlpCompression
{
    None,
    Gzip,
}

/// <summary>Which requests become spans, and where those go.</summary>
public sealed record TracingOptions
{
    public bool Enabled { get; init; } = TracingKeys.Enabled.Default;

    public OtlpEndpoint Endpoint { get; init; } = TracingKeys.Endpoint.Default;

    public double SampleRate { get; init; } = TracingKeys.SampleRate.Default;

    public string ServiceName { get; init; } = TracingKeys.ServiceName.Default;

    public OtlpProtocol Protocol { get; init; } = TracingKeys.Protocol.Default;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = TracingKeys.Headers.Default;

    public OtlpCompression Compression { get; init; } = TracingKeys.Compression.Default;

    /// <summary>A file of certificates in PEM; null for those the machine trusts.</summary>
    public string? Certificate { get; init; }

    /// <summary>Files in PEM: both or none.</summary>
    public string? ClientCertificate { get; init; }

    public string? ClientKey { get; init; }

    public IReadOnlyDictionary<string, string> ResourceAttributes { get; init; } = TracingKeys.ResourceAttributes.Default;

    public int MaxSpansPerSecond { get; init; } = TracingKeys.MaxSpansPerSecond.Default;

    public int QueueSize { get; init; } = TracingKeys.QueueSize.Default;

    public int BatchSize { get; init; } = TracingKeys.BatchSize.Default;

    public int BatchDelayMs { get; init; } = TracingKeys.BatchDelayMs.Default;

    public int TimeoutMs { get; init; } = TracingKeys.TimeoutMs.Default;

    public bool SemanticConventions { get; init; } = TracingKeys.SemanticConventions.Default;

    /// <summary>Where the spans are posted: with http/protobuf, an endpoint without a path gets the standard one.</summary>
    public Uri Target => Protocol == OtlpProtocol.HttpProtobuf && !Endpoint.HasPath ? new Uri(Endpoint.Address, "/v1/traces") : Endpoint.Address;

    internal static TracingOptions From(OptionValues values) => new()
    {
        Enabled = values.Get(TracingKeys.Enabled),
        Endpoint = values.Get(TracingKeys.Endpoint),
        SampleRate = values.Get(TracingKeys.SampleRate),
        ServiceName = values.Get(TracingKeys.ServiceName),
        Protocol = values.Get(TracingKeys.Protocol),
        Headers = values.Get(TracingKeys.Headers),
        Compression = values.Get(TracingKeys.Compression),
        Certificate = values.Get(TracingKeys.Certificate),
        ClientCertificate = values.Get(TracingKeys.ClientCertificate),
        ClientKey = values.Get(TracingKeys.ClientKey),
        ResourceAttributes = values.Get(TracingKeys.ResourceAttributes),
        MaxSpansPerSecond = values.Get(TracingKeys.MaxSpansPerSecond),
        QueueSize = values.Get(TracingKeys.QueueSize),
        BatchSize = values.Get(TracingKeys.BatchSize),
        BatchDelayMs = values.Get(TracingKeys.BatchDelayMs),
        TimeoutMs = values.Get(TracingKeys.TimeoutMs),
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

    public static readonly OptionKey<OtlpEndpoint> Endpoint = Section.Key(
        "endpoint", Otlp, Local(), "Who takes the spans: a collector, or whatever speaks OTLP. host:port means http. With http/protobuf an address without a path gets /v1/traces.");

    public static readonly OptionKey<double> SampleRate = Section.Key(
        "sample_rate", OptionTypes.Decimal(0, 1), 0.1,
        "The share of requests that are traced. A produce whose client records a trace of its own is part of that trace, whatever the rate.");

    public static readonly OptionKey<string> ServiceName = Section.Key(
        "service_name", Text("any text but none", v => v.Length > 0), "flymq", "The resource's `service.name`.");

    public static readonly OptionKey<OtlpProtocol> Protocol = Section.Key(
        "protocol", Choice(("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.HttpProtobuf)), OtlpProtocol.Grpc, "How spans are carried.");

    public static readonly OptionKey<IReadOnlyDictionary<string, string>> Headers = Section.Key(
        "headers", Texts("names of HTTP headers, each with a text of visible characters and blanks", IsHeader), NoTexts(),
        "Headers of every request to the endpoint: keys and tokens.", secret: true);

    public static readonly OptionKey<OtlpCompression> Compression = Section.Key(
        "compression", Choice(("none", OtlpCompression.None), ("gzip", OtlpCompression.Gzip)), OtlpCompression.None, "How spans are compressed on their way.");

    public static readonly OptionKey<string?> Certificate = Section.Key(
        "certificate_file", OptionalText("a file's path", IsPath), null,
        "Certificates in PEM that an https endpoint is checked against, instead of those the machine trusts.");

    public static readonly OptionKey<string?> ClientCertificate = Section.Key(
        "client_certificate_file", OptionalText("a file's path", IsPath), null, "The certificate, in PEM, that the broker shows to an https endpoint.");

    public static readonly OptionKey<string?> ClientKey = Section.Key(
        "client_key_file", OptionalText("a file's path", IsPath), null, "Its key, in PEM.");

    public static readonly OptionKey<IReadOnlyDictionary<string, string>> ResourceAttributes = Section.Key(
        "resource_attributes", Texts("names, each with a text", static (name, _) => name.Length > 0), NoTexts(),
        "What else is said of the broker in every batch of spans, such as `deployment.environment.name`.");

    public static readonly OptionKey<int> MaxSpansPerSecond = Section.Key(
        "max_spans_per_second", Whole(10, 1_000_000), 1000, "The bound on spans, those included that clients ask for by recording their own traces. What is over is counted.");

    public static readonly OptionKey<int> QueueSize = Section.Key(
        "queue_size", Whole(1, 1_000_000), 2048, "How many spans wait to be sent at most. Further ones are dropped and counted; no request waits for them.");

    public static readonly OptionKey<int> BatchSize = Section.Key(
        "batch_size", Whole(1, 1_000_000), 512, "How many spans are sent at once at most, and no more than wait; sending begins when there are so many.");

    public static readonly OptionKey<int> BatchDelayMs = Section.Key(
        "batch_delay_ms", Whole(1, 3_600_000), 5000, "How long a span waits for others at most.");

    public static readonly OptionKey<int> TimeoutMs = Section.Key(
        "timeout_ms", Whole(1, 600_000), 10_000, "How long the endpoint may take to accept a batch. Then the batch is dropped and counted.");

    public static readonly OptionKey<bool> SemanticConventions = Section.Key(
        "semantic_conventions", OptionTypes.Boolean, false, "Adds OpenTelemetry's `messaging.*` attributes to the `flymq.*` ones.");

    private static OtlpEndpoint Local() => OtlpEndpoint.TryParse("localhost:4317", out var local) ? local! : throw new InvalidOperationException("The default endpoint is none.");

    private static IReadOnlyDictionary<string, string> NoTexts() => ImmutableDictionary<string, string>.Empty;

    private static bool IsPath(string path) => !path.Contains('\0', StringComparison.Ordinal);

    // RFC 9110: a token, and visible characters and blanks.
    private static bool IsHeader(string name, string value) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) && value.All(c => c is >= ' ' and <= '~');
}

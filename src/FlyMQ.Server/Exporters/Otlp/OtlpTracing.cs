using FlyMQ.Broker.Tracing;
using FlyMQ.Metadata;
using FlyMQ.Server.Options;
using FlyMQ.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// Sends the spans of the layers below to an OTLP endpoint, with OpenTelemetry's SDK. Nothing of the SDK is loaded before this is made, and with tracing off it is not.
/// Everything is given to it explicitly: what the OTEL_ variables say is in the options already.
/// </summary>
internal sealed class OtlpTracing : IAsyncDisposable
{
    /// <summary>How long the end of the process waits for what is left.</summary>
    private static readonly TimeSpan FlushBound = TimeSpan.FromSeconds(2);

    private readonly TracerProvider _provider;
    private readonly Uri _target;
    private readonly TracingEvents _events;

    /// <exception cref="InvalidDataException">A file that the options name cannot be used.</exception>
    public OtlpTracing(TracingOptions options, int nodeId, ILoggerFactory loggers, TimeProvider time, ulong seed)
    {
        _target = options.Connection.Target;
        _events = new TracingEvents(loggers.CreateLogger("FlyMQ.Traces"));
        Requests = new RequestTracing(
            new TraceSettings { SampleRate = options.SampleRate, MessagingAttributes = options.SemanticConventions },
            new SpanBudget(options.MaxSpansPerSecond, time),
            time,
            seed);
        var client = EndpointClient.Create(options.Connection, out var problem);
        var exporter = new CountedExporter(ExporterOf(options.Connection, client), Counts, problem, _events);
        _provider = Sdk.CreateTracerProviderBuilder()
            // Instead of the environment, in which OTEL_SDK_DISABLED would be stronger than our own key.
            .ConfigureServices(static services => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()))
            .AddSource(RequestTracing.SourceName, StorageSpans.SourceName, MetadataSpans.SourceName)
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddTelemetrySdk()
                .AddAttributes(BrokerResource.Of(options, nodeId).Select(a => KeyValuePair.Create(a.Key, (object)a.Value))))
            .SetSampler(new RootSampler(Requests))
            .AddProcessor(new BoundedSpans(exporter, Counts, options.QueueSize, options.BatchSize, options.BatchDelayMs, options.Connection.TimeoutMs))
            .Build();
        _events.Tracing(_target, TracingKeys.Connection.Protocol.WriteValue(options.Connection.Protocol), options.SampleRate);
    }

    /// <summary>What the broker decides with.</summary>
    public RequestTracing Requests { get; }

    public SpanCounts Counts { get; } = new();

    /// <summary>Sends what is left, for as long as the bound allows.</summary>
    public async ValueTask DisposeAsync()
    {
        // It blocks, and more threads than one may be ending things.
        await Task.Run(() => _provider.Shutdown((int)FlushBound.TotalMilliseconds)).ConfigureAwait(false);
        if (Counts.Waiting is > 0 and var left)
        {
            _events.EndedWithout(left, _target, (long)FlushBound.TotalMilliseconds);
        }
    }

    private static OtlpExporterOptions ExporterOf(OtlpConnection connection, HttpClient client) => new()
    {
        Endpoint = connection.Target,
        Protocol = connection.Protocol == OtlpProtocol.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        Compression = connection.Compression == OtlpCompression.Gzip ? OtlpExportCompression.GZip : OtlpExportCompression.None,
        TimeoutMilliseconds = connection.TimeoutMs,
        // The client sends them; the SDK would add what OTEL_EXPORTER_OTLP_HEADERS says, which may be overruled.
        Headers = null,
        HttpClientFactory = () => client,
    };
}

using FlyMQ.Broker.Telemetry;
using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What clients tell of themselves.</summary>
public sealed record ClientMetricsOptions
{
    public TelemetryLimits Limits { get; init; } = new()
    {
        MaxBytes = ClientMetricsKeys.MaxBytes.Default,
        MaxClients = ClientMetricsKeys.MaxClients.Default,
        MaxSeries = ClientMetricsKeys.MaxSeries.Default,
        MaxSeriesPerClient = ClientMetricsKeys.MaxSeriesPerClient.Default,
    };

    /// <summary>Where else to; null for nowhere.</summary>
    public OtlpConnection? Forward { get; init; }

    internal static ClientMetricsOptions From(OptionValues values) => new()
    {
        Limits = new TelemetryLimits
        {
            MaxBytes = values.Get(ClientMetricsKeys.MaxBytes),
            MaxClients = values.Get(ClientMetricsKeys.MaxClients),
            MaxSeries = values.Get(ClientMetricsKeys.MaxSeries),
            MaxSeriesPerClient = values.Get(ClientMetricsKeys.MaxSeriesPerClient),
        },
        Forward = values.Get(ClientMetricsKeys.Forward.Endpoint) is null ? null : new OtlpConnection(values, ClientMetricsKeys.Forward),
    };
}

internal static class ClientMetricsKeys
{
    public static readonly OptionSection Section = new(
        "observability.clients", "Clients' own metrics (KIP-714): [observability.md](observability.md#clients-own-metrics).");

    public static readonly OptionKey<int> MaxBytes = Section.Key(
        "max_bytes", Whole(1, 64 << 20), 1 << 20, "The most bytes of one push, as it is sent and once decompressed. A larger one is refused.", "telemetry.max.bytes");

    public static readonly OptionKey<int> MaxClients = Section.Key(
        "max_clients", Whole(1), 16_384, "How many clients are remembered between their pushes; past it the one is forgotten that was silent for longest.");

    public static readonly OptionKey<int> MaxSeries = Section.Key(
        "max_series", Whole(0), 20_000, "How many series of all clients together the metrics page shows. What is over is counted and left out.");

    public static readonly OptionKey<int> MaxSeriesPerClient = Section.Key(
        "max_series_per_client", Whole(0), 1_000, "How many series of one client it shows.");

    public static readonly OtlpKeys Forward = new(
        Section, "pushes", "/v1/metrics", "forward_", OtlpProtocol.HttpProtobuf,
        "An OTLP endpoint that gets what clients push as well, with who they are. Nowhere when unset.");
}

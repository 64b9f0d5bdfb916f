using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>Everything a broker is told at its start. <c>new()</c> has every default.</summary>
public sealed record BrokerOptions
{
    public string DataDir { get; init; } = BrokerKeys.DataDir.Default;

    /// <summary>At least one; names are unique, whatever their case.</summary>
    public IReadOnlyList<ListenerOptions> Listeners { get; init; } = ListenerOptions.Of(BrokerKeys.Listeners.Default, BrokerKeys.Advertised.Default);

    /// <summary>The name of the listener that other brokers use: one of <see cref="Listeners"/>.</summary>
    public string InterBrokerListener { get; init; } = BrokerKeys.Listeners.Default.Keys.First();

    public NodeOptions Node { get; init; } = new();

    public SecurityOptions Security { get; init; } = new();

    public MetadataOptions Metadata { get; init; } = new();

    public StorageOptions Storage { get; init; } = new();

    public NetworkOptions Network { get; init; } = new();

    public FetchOptions Fetch { get; init; } = new();

    public TopicOptions Topics { get; init; } = new();

    public ProducerOptions Producers { get; init; } = new();

    public GroupOptions Groups { get; init; } = new();

    public OffsetOptions Offsets { get; init; } = new();

    public LoggingOptions Logging { get; init; } = new();

    public MetricsOptions Metrics { get; init; } = new();

    public ClientMetricsOptions ClientMetrics { get; init; } = new();

    public OtlpMetricsOptions OtlpMetrics { get; init; } = new();

    public TracingOptions Tracing { get; init; } = new();

    public ShutdownOptions Shutdown { get; init; } = new();

    public HealthOptions Health { get; init; } = new();

    /// <summary>This configuration under Kafka's names, for DescribeConfigs: what was set, and where our default is not Kafka's.</summary>
    public IReadOnlyDictionary<string, string> KafkaBrokerConfigs { get; init; } = KafkaNames.Of(OptionValues.None, _ => false);

    internal static BrokerOptions From(OptionValues values, Func<OptionKey, bool> isSet)
    {
        var listeners = ListenerOptions.Of(values.Get(BrokerKeys.Listeners), values.Get(BrokerKeys.Advertised));
        return new BrokerOptions
        {
            DataDir = values.Get(BrokerKeys.DataDir),
            Listeners = listeners,
            InterBrokerListener = values.Get(BrokerKeys.InterBroker) ?? listeners[0].Name,
            Node = NodeOptions.From(values),
            Security = SecurityOptions.From(values),
            Metadata = MetadataOptions.From(values),
            Storage = StorageOptions.From(values),
            Network = NetworkOptions.From(values),
            Fetch = FetchOptions.From(values),
            Topics = TopicOptions.From(values),
            Producers = ProducerOptions.From(values),
            Groups = GroupOptions.From(values),
            Offsets = OffsetOptions.From(values),
            Logging = LoggingOptions.From(values),
            Metrics = MetricsOptions.From(values),
            ClientMetrics = ClientMetricsOptions.From(values),
            OtlpMetrics = OtlpMetricsOptions.From(values),
            Tracing = TracingOptions.From(values),
            Shutdown = ShutdownOptions.From(values),
            Health = HealthOptions.From(values),
            KafkaBrokerConfigs = KafkaNames.Of(values, isSet),
        };
    }
}

internal static class BrokerKeys
{
    public static readonly OptionSection Section = new("", "The broker itself.");

    public static readonly OptionKey<string> DataDir = Section.Key(
        "data_dir", Text("a folder's path", p => p.Length > 0 && !p.Contains('\0', StringComparison.Ordinal)), "/var/lib/flymq",
        "The folder of all data. One broker at a time has it.", "log.dirs");

    public static readonly OptionKey<IReadOnlyDictionary<string, ListenAddress>> Listeners = Section.Key(
        "listeners", OptionTypes.Listeners, new Dictionary<string, ListenAddress> { ["clients"] = new("localhost", 9092) },
        "Where clients connect: named addresses. One that is reachable from other machines needs security.allow_plaintext_beyond_loopback "
        + "while there is no authentication.", "listeners");

    public static readonly OptionKey<IReadOnlyDictionary<string, AdvertisedAddress>> Advertised = Section.Key(
        "advertised_listeners", OptionTypes.Advertised, new Dictionary<string, AdvertisedAddress>(),
        "What clients of a listener are told to connect to, by the listener's name. A listener that is not named here is known by the address it "
        + "binds, so one that binds every address has to be.", "advertised.listeners");

    public static readonly OptionKey<string?> InterBroker = Section.Key(
        "inter_broker_listener", OptionalText("the name of a listener", _ => true), null,
        "The listener that brokers reach each other by; the first one when unset.", "inter.broker.listener.name");
}

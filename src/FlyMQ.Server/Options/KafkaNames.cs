using System.Globalization;
using FlyMQ.Metadata.Configs;

namespace FlyMQ.Server.Options;

/// <summary>The configuration as Kafka's tools know it.</summary>
internal static class KafkaNames
{
    /// <param name="isSet">Whether a key has a value from outside. Of the others only those are listed whose default is not Kafka's.</param>
    public static IReadOnlyDictionary<string, string> Of(OptionValues values, Func<OptionKey, bool> isSet)
    {
        var configs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in OptionKeys.All)
        {
            if (key.KafkaName is { } name && (isSet(key) || !IsTopicDefault(key)))
            {
                configs[name] = values.Text(key);
            }
        }

        // Where Kafka's text has another form than ours, or two names for one thing.
        var listeners = ListenerOptions.Of(values.Get(BrokerKeys.Listeners), values.Get(BrokerKeys.Advertised));
        configs["listeners"] = List(listeners, l => $"{Name(l)}://{(l.Address.Host == "*" ? "" : HostPort.Bracketed(l.Address.Host))}:{Number(l.Address.Port)}");
        configs["advertised.listeners"] = List(listeners, l => $"{Name(l)}://{HostPort.Bracketed(l.Advertised.Host)}:{Number(l.Advertised.Port ?? l.Address.Port)}");
        configs["listener.security.protocol.map"] = List(listeners, l => $"{Name(l)}:PLAINTEXT");
        configs["inter.broker.listener.name"] = (values.Get(BrokerKeys.InterBroker) ?? listeners[0].Name).ToUpperInvariant();
        configs["log.dir"] = configs["log.dirs"];
        configs["broker.id"] = configs["node.id"];
        if (values.Get(NodeKeys.Rack) is null)
        {
            configs.Remove("broker.rack");
        }

        foreach (var (name, value) in configs.ToList())
        {
            if (BrokerConfigs.Table.Find(name)?.Default == value)
            {
                configs.Remove(name);
            }
        }

        return configs;
    }

    // A topic default that nobody set must not look like one: log.retention.ms would hide a log.retention.hours.
    private static bool IsTopicDefault(OptionKey key) => TopicKeys.Defaults.Any(d => ReferenceEquals(d, key));

    private static string Name(ListenerOptions listener) => listener.Name.ToUpperInvariant();

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string List(IReadOnlyList<ListenerOptions> listeners, Func<ListenerOptions, string> text) => string.Join(',', listeners.Select(text));
}

using System.Collections.Frozen;

namespace FlyMQ.Metadata.Configs;

/// <summary>The keys of one kind of resource.</summary>
public sealed class ConfigTable
{
    private readonly FrozenDictionary<string, ConfigKey> _byName;

    /// <param name="kind">How an unknown key is reported: "Unknown topic config name: …".</param>
    public ConfigTable(string kind, params IEnumerable<ConfigKey> keys)
    {
        Kind = kind;
        Keys = [.. keys.OrderBy(k => k.Name, StringComparer.Ordinal)];
        _byName = Keys.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);
    }

    public string Kind { get; }

    /// <summary>By name.</summary>
    public IReadOnlyList<ConfigKey> Keys { get; }

    public ConfigKey this[string name] => _byName[name];

    public ConfigKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What is wrong with the first wrong one of these settings; null when all are accepted.</summary>
    public string? Problem(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
        {
            if ((Find(name) is { } key ? key.Problem(value) : $"Unknown {Kind} config name: {name}") is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    public static ConfigTable? Of(ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => TopicConfigs.Table,
        ConfigResourceType.Broker => BrokerConfigs.Table,
        ConfigResourceType.Group => GroupConfigs.Table,
        ConfigResourceType.ClientMetrics => ClientMetricsConfigs.Table,
        _ => null,
    };
}

namespace FlyMQ.Metadata.Configs;

/// <summary>One configuration key of Kafka's as FlyMQ has it.</summary>
/// <param name="Default">Kafka's default as text; null for none.</param>
/// <param name="About">What it does, in our words.</param>
public sealed record ConfigKey(string Name, ConfigType Type, string? Default, ConfigRule Rule, string About)
{
    /// <summary>Accepted, kept, shown and checked, but nothing in FlyMQ acts on it yet.</summary>
    public bool NoEffectYet { get; init; }

    public bool Sensitive { get; init; }

    /// <summary>Broker keys: cannot be changed while the broker runs. Topic, group and client-metrics keys always can.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The broker keys that give a topic or group key its value while it has none itself, strongest first.</summary>
    public IReadOnlyList<BrokerSynonym> BrokerSynonyms { get; init; } = [];

    /// <summary>What DescribeConfigs and the documentation say.</summary>
    public string Documentation => NoEffectYet ? $"{About} No effect yet." : About;

    /// <summary>
    /// What is wrong with a value, in Kafka's words: <c>Invalid value -5 for configuration retention.ms: Value must be at least -1</c>.
    /// Null when it is accepted.
    /// </summary>
    public string? Problem(string? value) => value switch
    {
        null => $"Invalid value null for configuration {Name}: Value must not be null",
        _ when (ConfigValues.Problem(Type, value) ?? Rule.Problem(Type, value.Trim())) is { } problem =>
            $"Invalid value {(Sensitive ? "[hidden]" : value)} for configuration {Name}: {problem}",
        _ => null,
    };
}

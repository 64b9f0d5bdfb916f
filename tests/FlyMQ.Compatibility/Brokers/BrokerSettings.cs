namespace FlyMQ.Compatibility.Brokers;

/// <summary>How a broker of a test is started: settings in each target's own words, and programs that stand before it (strace, taskset).</summary>
internal sealed record BrokerSettings
{
    /// <summary>FlyMQ's flags, without the leading dashes: <c>storage.sync</c> → <c>none</c>.</summary>
    public IReadOnlyDictionary<string, string> FlyMQ { get; init; } = new Dictionary<string, string>();

    /// <summary>Lines of Apache Kafka's server.properties.</summary>
    public IReadOnlyDictionary<string, string> Kafka { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>How long the broker may take until it answers its first request.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

namespace FlyMQ.Compatibility.Brokers;

/// <summary>The command line that starts each target.</summary>
internal static class BrokerCommand
{
    public static IEnumerable<string> For(BrokerTarget target, BrokerProcess broker, BrokerSettings settings) => target switch
    {
        BrokerTarget.FlyMQ => FlyMQ(broker, settings),
        _ => Kafka(broker, settings),
    };

    private static IEnumerable<string> FlyMQ(BrokerProcess broker, BrokerSettings settings)
    {
        if (!File.Exists(SuiteEnvironment.FlyMQBinary))
        {
            throw new FileNotFoundException("the broker's binary is not built (or FLYMQ_BINARY is wrong)", SuiteEnvironment.FlyMQBinary);
        }

        Dictionary<string, string> flags = new()
        {
            ["data_dir"] = broker.DataFolder,
            ["listeners"] = $"clients=127.0.0.1:{broker.Port}",
            ["metadata.listen"] = $"127.0.0.1:{broker.Port + 1}",
            ["health.listen"] = $"127.0.0.1:{broker.HealthPort}",
            ["observability.metrics.listen"] = $"127.0.0.1:{broker.MetricsPort}",
            // As the peer's start script has it: a group's first members need not wait for more.
            ["groups.initial_rebalance_delay_ms"] = "0",
        };
        foreach (var (key, value) in settings.FlyMQ)
        {
            flags[key] = value;
        }

        return [SuiteEnvironment.FlyMQBinary, .. flags.Select(flag => $"--{flag.Key}={flag.Value}")];
    }

    private static IEnumerable<string> Kafka(BrokerProcess broker, BrokerSettings settings) =>
    [
        Path.Combine(SuiteEnvironment.RequireKafkaPeer(), "broker.sh"), broker.DataFolder, $"{broker.Port}",
        .. settings.Kafka.Select(line => $"{line.Key}={line.Value}"),
    ];
}

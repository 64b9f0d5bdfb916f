using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Traces;

/// <summary>Brokers that trace: the real process, with the guide's own block of configuration or with flags.</summary>
internal static class TracedBroker
{
    /// <summary>Every request, at once, to this port.</summary>
    public static Task<BrokerProcess> StartAsync(int port, params (string Key, string Value)[] more) =>
        BrokerProcess.StartAsync(new BrokerSettings
        {
            FlyMQ = new Dictionary<string, string>
            {
                ["observability.tracing.enabled"] = "true",
                ["observability.tracing.endpoint"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
                ["observability.tracing.sample_rate"] = "1",
                ["observability.tracing.batch_delay_ms"] = "50",
            }.Concat(more.Select(m => KeyValuePair.Create($"observability.tracing.{m.Key}", m.Value))).GroupBy(m => m.Key).ToDictionary(g => g.Key, g => g.Last().Value),
        });

    /// <summary>With variables of OpenTelemetry, and flags of ours.</summary>
    public static Task<BrokerProcess> StartInAsync(string[] variables, params (string Key, string Value)[] flags) => BrokerProcess.StartAsync(new BrokerSettings
    {
        Wrapper = ["/usr/bin/env", .. variables],
        FlyMQ = flags.ToDictionary(f => $"observability.tracing.{f.Key}", f => f.Value),
    });

    public static async Task CreateTopicAsync(this BrokerProcess broker, string topic, int partitions = 1, params (string Key, string Value)[] configs)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).SetLogHandler((_, _) => { }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs.ToDictionary(c => c.Key, c => c.Value) }]);
    }
}

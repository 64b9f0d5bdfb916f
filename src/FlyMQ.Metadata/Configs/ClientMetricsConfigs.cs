using static FlyMQ.Metadata.Configs.ConfigRule;
using static FlyMQ.Metadata.Configs.ConfigType;

namespace FlyMQ.Metadata.Configs;

/// <summary>The keys of a client-metrics subscription (KIP-714). Kept for tools; no client is asked for metrics yet.</summary>
public static class ClientMetricsConfigs
{
    private static readonly string[] Selectors =
        ["client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port"];

    public static readonly ConfigTable Table = new(
        "client metrics",
        new ConfigKey("interval.ms", Int, "300000", Between(100, 3_600_000), "How often clients push their metrics, in milliseconds.") { NoEffectYet = true },
        new ConfigKey("match", List, "", Form($"[selector]=[pattern],... with a selector of {string.Join(", ", Selectors)}", IsMatch),
            "Which clients the subscription is for.") { NoEffectYet = true },
        new ConfigKey("metrics", List, "", Any, "Which metrics are wanted, by prefixes of their names; '*' for all.") { NoEffectYet = true });

    private static bool IsMatch(string value) =>
        ConfigValues.List(value).All(pair => pair.Split('=', 2) is [var selector, { Length: > 0 }] && Selectors.Contains(selector));
}

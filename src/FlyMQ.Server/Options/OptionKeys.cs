using System.Collections.Frozen;

namespace FlyMQ.Server.Options;

/// <summary>Every key there is.</summary>
internal static class OptionKeys
{
    public static readonly IReadOnlyList<OptionSection> Sections =
    [
        BrokerKeys.Section, NodeKeys.Section, SecurityKeys.Section, MetadataKeys.Section, StorageKeys.Section, NetworkKeys.Section, FetchKeys.Section,
        TopicKeys.Section, ProducerKeys.Section, GroupKeys.Section, OffsetKeys.Section, LoggingKeys.Section, ShutdownKeys.Section,
        MetricsKeys.Section, OtlpMetricsKeys.Section, ClientMetricsKeys.Section, TracingKeys.Section, HealthKeys.Section, ReservedKeys.Admin,
    ];

    public static readonly IReadOnlyList<OptionKey> All = [.. Sections.SelectMany(s => s.Keys)];

    private static readonly FrozenDictionary<string, OptionKey> ByName = All.ToFrozenDictionary(k => k.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, OptionKey> ByEnvironment = All.ToFrozenDictionary(k => k.EnvironmentName, StringComparer.Ordinal);

    public static OptionKey? Find(string name) => ByName.GetValueOrDefault(name);

    public static OptionKey? FindEnvironment(string variable) => ByEnvironment.GetValueOrDefault(variable);

    /// <summary>Whether a section is called so, or one that lies within it: <c>observability</c> holds several.</summary>
    public static bool IsSection(string name) =>
        name.Length > 0 && Sections.Any(s => s.Name == name || s.Name.StartsWith($"{name}.", StringComparison.Ordinal));

    /// <summary>The key somebody probably meant: the one with that Kafka name, else the one with the fewest letters changed.</summary>
    public static OptionKey Nearest(string unknown) =>
        All.FirstOrDefault(k => k.KafkaName == unknown)
        ?? All.MinBy(k => EditDistance.Between(unknown, k.Name) - (k.Name.EndsWith($".{unknown}", StringComparison.Ordinal) ? k.Name.Length : 0))!;

    public static string NearestSection(string unknown) =>
        Sections.Where(s => s.Name.Length > 0).Select(s => s.Name).Append(BrokerKeys.Listeners.Name).Append(BrokerKeys.Advertised.Name)
            .MinBy(name => EditDistance.Between(unknown, name))!;
}

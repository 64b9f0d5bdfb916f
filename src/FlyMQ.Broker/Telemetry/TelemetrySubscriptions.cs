using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Configs;

namespace FlyMQ.Broker.Telemetry;

/// <summary>Every client-metrics resource of an image, read once. Two are the same object as long as no such resource changes.</summary>
internal sealed class TelemetrySubscriptions
{
    private readonly ImmutableArray<Resource> _resources;
    private readonly ImmutableArray<Subscription> _subscriptions;

    private TelemetrySubscriptions(ImmutableArray<Resource> resources)
    {
        _resources = resources;
        _subscriptions = [.. resources.Select(r => Subscription.Of(r.Configs))];
    }

    public static TelemetrySubscriptions None { get; } = new([]);

    /// <summary>Those of an image, which are often those there were.</summary>
    public TelemetrySubscriptions Of(ClusterImage image)
    {
        ImmutableArray<Resource> resources =
        [
            .. image.Configs.Where(c => c.Key.Type == ConfigResourceType.ClientMetrics && !c.Value.IsEmpty).Select(c => new Resource(c.Key.Name, c.Value)),
        ];
        return resources.SequenceEqual(_resources) ? this : new TelemetrySubscriptions(resources);
    }

    public WantedMetrics WantedOf(ClientIdentity client)
    {
        var matching = _subscriptions.Where(s => s.Matches(client)).ToList();
        var prefixes = matching.SelectMany(s => s.Prefixes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new WantedMetrics(
            prefixes.Contains(WantedMetrics.All) ? [WantedMetrics.All] : prefixes,
            matching.Count == 0 ? WantedMetrics.DefaultIntervalMs : matching.Min(s => s.IntervalMs));
    }

    // The image's own dictionaries, which are the same objects until they change.
    private readonly record struct Resource(string Name, ImmutableSortedDictionary<string, string> Configs);

    private sealed record Subscription(IReadOnlyList<string> Prefixes, int IntervalMs, IReadOnlyDictionary<string, Regex> Patterns)
    {
        private static readonly IReadOnlyDictionary<string, Regex> NobodyMatches = new Dictionary<string, Regex> { [""] = new("") };

        public static Subscription Of(ImmutableSortedDictionary<string, string> configs)
        {
            string Value(string key) => configs.GetValueOrDefault(key) ?? ClientMetricsConfigs.Table[key].Default!;
            return new Subscription(
                ConfigValues.List(Value(ClientMetricsConfigs.Metrics)),
                int.Parse(Value(ClientMetricsConfigs.IntervalMs), CultureInfo.InvariantCulture),
                // A node that is newer or older may have let a pattern in that means nothing here: then nobody is asked.
                ClientMetricsConfigs.PatternsOf(Value(ClientMetricsConfigs.Match)) ?? NobodyMatches);
        }

        public bool Matches(ClientIdentity client) => Patterns.All(p => client.Attribute(p.Key) is { } value && p.Value.IsMatch(value));
    }
}

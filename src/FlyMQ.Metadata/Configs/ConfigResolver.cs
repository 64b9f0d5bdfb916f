using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Configs;

/// <summary>
/// Which value holds: the topic's own, then what was set on this broker, on all brokers, in this broker's configuration file, and Kafka's
/// default (KIP-226). Stateless but for a cache; safe from any thread.
/// </summary>
/// <param name="nodeId">Whose overrides count.</param>
/// <param name="staticBroker">This broker's configuration from outside, by Kafka's names. A value equal to the default counts as the default.</param>
public sealed class ConfigResolver(int nodeId, IReadOnlyDictionary<string, string> staticBroker)
{
    private readonly ConfigResource _broker = ConfigResource.Broker(nodeId);

    // Typed views by the identity of a topic's overrides. Most topics have none and share one view.
    private ConditionalWeakTable<ImmutableSortedDictionary<string, string>, TopicConfig> _views = [];
    private (object OfBroker, object OfAll) _viewsFor = (ClusterImage.NoConfigs, ClusterImage.NoConfigs);

    private readonly Lock _viewsGate = new();

    public int NodeId => nodeId;

    /// <summary>What holds for <paramref name="topic"/>; null asks for the defaults of a topic to be created.</summary>
    public TopicConfig TopicConfig(ClusterImage image, TopicImage? topic)
    {
        var overrides = topic?.Configs ?? ClusterImage.NoConfigs;
        lock (_viewsGate)
        {
            var broker = (image.ConfigsOf(_broker), image.ConfigsOf(ConfigResource.AllBrokers));
            if (!ReferenceEquals(broker.Item1, _viewsFor.OfBroker) || !ReferenceEquals(broker.Item2, _viewsFor.OfAll))
            {
                _viewsFor = broker;
                _views = [];
            }

            return _views.GetValue(overrides, o => Read(image, o));
        }
    }

    /// <summary>Every key of a topic with these overrides.</summary>
    public IEnumerable<ConfigEntry> DescribeTopic(ClusterImage image, IReadOnlyDictionary<string, string> overrides) =>
        TopicConfigs.Table.Keys.Select(key => Entry(key, TopicSynonyms(image, key, overrides)));

    /// <summary>Every key of this broker.</summary>
    public IEnumerable<ConfigEntry> DescribeBroker(ClusterImage image) => BrokerConfigs.Table.Keys.Select(key =>
    {
        var entry = Entry(key, BrokerValues(image, SynonymsOf(key.Name)));
        // log.retention.ms without a value of its own: the hours are shown beside it, not in its place.
        return entry.Synonyms is [var first, ..] && first.Name != key.Name ? entry with { Value = null, Source = ConfigSource.Default } : entry;
    });

    /// <summary>What was set on all brokers: the answer for the broker resource without a name.</summary>
    public static IEnumerable<ConfigEntry> DescribeAllBrokers(ClusterImage image) =>
        from pair in image.ConfigsOf(ConfigResource.AllBrokers)
        let key = BrokerConfigs.Table.Find(pair.Key)
        where key is not null
        select Entry(key, [new ConfigSynonym(pair.Key, pair.Value, ConfigSource.DynamicDefaultBroker)]);

    public static IEnumerable<ConfigEntry> DescribeGroup(ClusterImage image, string group) =>
        DescribeOwn(GroupConfigs.Table, image.ConfigsOf(new ConfigResource(ConfigResourceType.Group, group)), ConfigSource.Group);

    public static IEnumerable<ConfigEntry> DescribeClientMetrics(ClusterImage image, string name) =>
        DescribeOwn(
            ClientMetricsConfigs.Table, image.ConfigsOf(new ConfigResource(ConfigResourceType.ClientMetrics, name)), ConfigSource.ClientMetrics);

    /// <summary>What holds for a broker key on this broker.</summary>
    public string? Broker(ClusterImage image, string key) => Entry(BrokerConfigs.Table[key], BrokerValues(image, [new BrokerSynonym(key)])).Value;

    public long BrokerLong(ClusterImage image, string key) => long.Parse(Broker(image, key)!, CultureInfo.InvariantCulture);

    public int BrokerInt(ClusterImage image, string key) => int.Parse(Broker(image, key)!, CultureInfo.InvariantCulture);

    public bool BrokerBool(ClusterImage image, string key) => bool.Parse(Broker(image, key)!);

    private static IEnumerable<ConfigEntry> DescribeOwn(ConfigTable table, ImmutableSortedDictionary<string, string> overrides, ConfigSource source) =>
        table.Keys.Select(key => Entry(key, Own(key, overrides, source)));

    private static IEnumerable<ConfigSynonym> Own(ConfigKey key, IReadOnlyDictionary<string, string> overrides, ConfigSource source)
    {
        if (overrides.TryGetValue(key.Name, out var value))
        {
            yield return new ConfigSynonym(key.Name, value, source);
        }

        yield return new ConfigSynonym(key.Name, key.Default, ConfigSource.Default);
    }

    private IEnumerable<ConfigSynonym> TopicSynonyms(ClusterImage image, ConfigKey key, IReadOnlyDictionary<string, string> overrides)
    {
        if (overrides.TryGetValue(key.Name, out var value))
        {
            yield return new ConfigSynonym(key.Name, value, ConfigSource.Topic);
        }

        foreach (var synonym in BrokerValues(image, key.BrokerSynonyms))
        {
            yield return synonym;
        }
    }

    // Source by source, and within a source name by name: a value set on the broker beats any value of its file, whatever their units.
    private IEnumerable<ConfigSynonym> BrokerValues(ClusterImage image, IReadOnlyList<BrokerSynonym> synonyms)
    {
        var broker = image.ConfigsOf(_broker);
        var all = image.ConfigsOf(ConfigResource.AllBrokers);
        foreach (var synonym in synonyms)
        {
            if (broker.TryGetValue(synonym.Name, out var value))
            {
                yield return new ConfigSynonym(synonym.Name, value, ConfigSource.DynamicBroker);
            }
        }

        foreach (var synonym in synonyms)
        {
            if (all.TryGetValue(synonym.Name, out var value))
            {
                yield return new ConfigSynonym(synonym.Name, value, ConfigSource.DynamicDefaultBroker);
            }
        }

        foreach (var synonym in synonyms)
        {
            if (staticBroker.TryGetValue(synonym.Name, out var value) && value != BrokerConfigs.Table.Find(synonym.Name)?.Default)
            {
                yield return new ConfigSynonym(synonym.Name, value, ConfigSource.StaticBroker);
            }
        }

        foreach (var synonym in synonyms)
        {
            if (BrokerConfigs.Table.Find(synonym.Name)?.Default is { } value)
            {
                yield return new ConfigSynonym(synonym.Name, value, ConfigSource.Default);
            }
        }
    }

    private static readonly Dictionary<string, IReadOnlyList<BrokerSynonym>> SynonymLists =
        TopicConfigs.Table.Keys.SelectMany(k => k.BrokerSynonyms.Select(s => (s.Name, k.BrokerSynonyms)))
            .ToDictionary(s => s.Name, s => s.BrokerSynonyms, StringComparer.Ordinal);

    // A broker key in several units (log.retention.ms, .minutes, .hours): each shows itself and the coarser ones.
    private static IReadOnlyList<BrokerSynonym> SynonymsOf(string brokerKey)
    {
        var list = SynonymLists.GetValueOrDefault(brokerKey);
        return list is { Count: > 1 } && list[0].Name == brokerKey ? [.. list.Select(s => new BrokerSynonym(s.Name))] : [new BrokerSynonym(brokerKey)];
    }

    private static ConfigEntry Entry(ConfigKey key, IEnumerable<ConfigSynonym> synonyms)
    {
        ImmutableArray<ConfigSynonym> list = [.. synonyms];
        if (list.IsEmpty)
        {
            return new ConfigEntry(key, key.Default, ConfigSource.Default, []);
        }

        var holds = list[0];
        var unit = key.BrokerSynonyms.FirstOrDefault(s => s.Name == holds.Name && holds.Source != ConfigSource.Topic);
        return new ConfigEntry(key, holds.Value is null ? null : unit?.Convert(holds.Value) ?? holds.Value, holds.Source, list);
    }

    private TopicConfig Read(ClusterImage image, IReadOnlyDictionary<string, string> overrides)
    {
        string Text(string key) => Entry(TopicConfigs.Table[key], TopicSynonyms(image, TopicConfigs.Table[key], overrides)).Value!.Trim();
        long Number(string key) => long.Parse(Text(key), CultureInfo.InvariantCulture);
        int Whole(string key) => int.Parse(Text(key), CultureInfo.InvariantCulture);

        var cleanup = ConfigValues.List(Text("cleanup.policy"));
        return new TopicConfig
        {
            Delete = cleanup.Contains("delete"),
            Compact = cleanup.Contains("compact"),
            Compression = Text("compression.type") switch
            {
                "uncompressed" => CompressionType.None,
                "gzip" => CompressionType.Gzip,
                "snappy" => CompressionType.Snappy,
                "lz4" => CompressionType.Lz4,
                "zstd" => CompressionType.Zstd,
                _ => null,
            },
            GzipLevel = Whole("compression.gzip.level"),
            Lz4Level = Whole("compression.lz4.level"),
            ZstdLevel = Whole("compression.zstd.level"),
            RetentionMs = Number("retention.ms"),
            RetentionBytes = Number("retention.bytes"),
            SegmentBytes = Whole("segment.bytes"),
            SegmentMs = Number("segment.ms"),
            SegmentJitterMs = Number("segment.jitter.ms"),
            SegmentIndexBytes = Whole("segment.index.bytes"),
            IndexIntervalBytes = Whole("index.interval.bytes"),
            FileDeleteDelayMs = Number("file.delete.delay.ms"),
            MaxMessageBytes = Whole("max.message.bytes"),
            TimestampType = Text("message.timestamp.type") == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime,
            TimestampBeforeMaxMs = Number("message.timestamp.before.max.ms"),
            TimestampAfterMaxMs = Number("message.timestamp.after.max.ms"),
            MinInsyncReplicas = Whole("min.insync.replicas"),
        };
    }
}

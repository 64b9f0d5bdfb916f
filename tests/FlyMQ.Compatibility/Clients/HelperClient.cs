using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Clients;

/// <summary>A client in another language behind a <see cref="HelperProcess"/>. Every group member is a process of its own.</summary>
internal sealed class HelperClient(string bootstrap, Func<HelperProcess> startProcess) : IKafkaClient
{
    private readonly HelperProcess _process = startProcess();

    public HelperProcess Process => _process;

    public Task CreateTopicAsync(
        string topic, int partitions, IReadOnlyDictionary<string, string>? configs = null, int replicationFactor = 1) =>
        CallAsync("createTopic", new()
        {
            ["topic"] = topic,
            ["partitions"] = partitions,
            ["replicationFactor"] = replicationFactor,
            ["configs"] = ToJson(configs),
        });

    public Task DeleteTopicAsync(string topic) => CallAsync("deleteTopic", new() { ["topic"] = topic });

    public async Task<IReadOnlyList<string>> ListTopicsAsync() =>
        [.. (await CallAsync("listTopics", []))!.AsArray().Select(name => name!.GetValue<string>())];

    public async Task<int> CountPartitionsAsync(string topic) =>
        (await CallAsync("countPartitions", new() { ["topic"] = topic }))!.GetValue<int>();

    public Task CreatePartitionsAsync(string topic, int total) =>
        CallAsync("createPartitions", new() { ["topic"] = topic, ["total"] = total });

    public async Task<IReadOnlyDictionary<string, string>> DescribeTopicConfigsAsync(string topic) =>
        (await CallAsync("describeConfigs", new() { ["topic"] = topic }))!.AsObject()
            .ToDictionary(config => config.Key, config => config.Value?.GetValue<string>() ?? "");

    public Task AlterTopicConfigsAsync(string topic, IReadOnlyDictionary<string, string> configs) =>
        CallAsync("alterConfigs", new() { ["topic"] = topic, ["configs"] = ToJson(configs) });

    public async Task<IProducer> OpenProducerAsync(ProducerSettings settings)
    {
        var id = await CallAsync("openProducer", new()
        {
            ["acks"] = settings.Acks,
            ["codec"] = CodecName(settings.Codec),
            ["idempotent"] = settings.Idempotent,
            ["maxRequestBytes"] = settings.MaxRequestBytes,
        });
        return new HelperProducer(this, id!.GetValue<int>());
    }

    public async Task<IReadOnlyList<TestRecord>> ReadAsync(string topic, int count, TimeSpan limit)
    {
        JsonObject request = new() { ["topic"] = topic, ["count"] = count, ["timeoutMs"] = (int)limit.TotalMilliseconds };
        return JsonRecords.Parse(await CallAsync("read", request, limit + TimeSpan.FromSeconds(30)));
    }

    public Task<long> EarliestOffsetAsync(string topic, int partition) => OffsetAsync(topic, partition, -2);

    public Task<long> LatestOffsetAsync(string topic, int partition) => OffsetAsync(topic, partition, -1);

    public async Task<long?> OffsetForTimeAsync(string topic, int partition, long timestamp) =>
        await OffsetAsync(topic, partition, timestamp) is var found and >= 0 ? found : null;

    public async Task<IReadOnlyDictionary<int, long>> CommittedAsync(string group, string topic) =>
        (await CallAsync("committed", new() { ["group"] = group, ["topic"] = topic }))!.AsObject()
            .ToDictionary(
                entry => int.Parse(entry.Key, System.Globalization.CultureInfo.InvariantCulture), entry => entry.Value!.GetValue<long>());

    public Task<IMember> JoinAsync(MemberSettings settings) => HelperMember.JoinAsync(startProcess(), bootstrap, settings);

    public Task<IMember> JoinMortalAsync(MemberSettings settings) => JoinAsync(settings);

    public Task<JsonNode?> CallAsync(string op, JsonObject request, TimeSpan? limit = null)
    {
        request["op"] = op;
        request["bootstrap"] = bootstrap;
        return _process.CallAsync(request, limit);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    internal static string CodecName(Codec codec) => codec switch
    {
        Codec.None => "none",
        Codec.Gzip => "gzip",
        Codec.Snappy => "snappy",
        Codec.Lz4 => "lz4",
        _ => "zstd",
    };

    private async Task<long> OffsetAsync(string topic, int partition, long at) =>
        (await CallAsync("offset", new() { ["topic"] = topic, ["partition"] = partition, ["at"] = at }))!.GetValue<long>();

    private static JsonObject ToJson(IReadOnlyDictionary<string, string>? configs) =>
        new(configs?.Select(config => KeyValuePair.Create(config.Key, (JsonNode?)config.Value)) ?? []);
}

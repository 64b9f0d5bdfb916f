using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Telemetry;

/// <summary>A JVM with Java clients that tell their metrics, and with the tool that says what they are asked for.</summary>
internal sealed class TellingHelper(BrokerProcess broker) : IAsyncDisposable
{
    private readonly HelperProcess _process = JavaHelper.Start();

    public async Task<string> RunToolAsync(string tool, params string[] arguments)
    {
        var run = (await CallAsync("tool", new()
        {
            ["class"] = tool,
            ["args"] = new JsonArray([.. new[] { "--bootstrap-server", broker.Address }.Concat(arguments).Select(a => (JsonNode)a)]),
        }))!;
        Assert.True(run["code"]!.GetValue<int>() == 0, $"{tool}: {run["out"]}{run["err"]}");
        return run["out"]!.GetValue<string>();
    }

    public async Task<int> OpenProducerAsync(string clientId) => (await CallAsync("openProducer", new()
    {
        ["acks"] = "all",
        ["codec"] = "none",
        ["idempotent"] = true,
        ["configs"] = new JsonObject { ["client.id"] = clientId, ["enable.metrics.push"] = "true" },
    }))!.GetValue<int>();

    public Task SendAsync(int producer, string topic, int count) => CallAsync("sendMany", new() { ["producer"] = producer, ["topic"] = topic, ["count"] = count, ["keys"] = 5 });

    public Task CloseAsync(int producer) => CallAsync("closeProducer", new() { ["producer"] = producer });

    /// <summary>What a producer knows of itself, without asking the broker: its instance id, and its metrics by group and name.</summary>
    public async Task<(string InstanceId, JsonNode Metrics)> TellAsync(int producer) => Told(await CallAsync("tellProducer", new() { ["producer"] = producer }));

    public Task JoinAsync(string topic, string group, string clientId) => CallAsync("join", new()
    {
        ["topic"] = topic,
        ["group"] = group,
        ["sessionTimeoutMs"] = 10_000,
        ["assignor"] = "range",
        ["configs"] = new JsonObject { ["client.id"] = clientId, ["enable.metrics.push"] = "true" },
    });

    /// <returns>How many records came.</returns>
    public async Task<int> PollAsync() => (await CallAsync("poll", new() { ["timeoutMs"] = 200 }))!["records"]!.AsArray().Count;

    public Task LeaveAsync() => CallAsync("leave", []);

    public async Task<(string InstanceId, JsonNode Metrics)> TellMemberAsync() => Told(await CallAsync("tellMember", []));

    /// <summary>Metrics in OTLP's form, as the Java client's own library reads them.</summary>
    public async Task<JsonArray> ReadAsync(byte[] metricsData) => (await CallAsync("readMetricsData", new() { ["data"] = Convert.ToBase64String(metricsData) }))!.AsArray();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static (string, JsonNode) Told(JsonNode? told) => (told!["instanceId"]!.GetValue<string>(), told["metrics"]!);

    private Task<JsonNode?> CallAsync(string op, JsonObject request)
    {
        request["op"] = op;
        request["bootstrap"] = broker.Address;
        return _process.CallAsync(request);
    }
}

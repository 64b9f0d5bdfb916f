namespace FlyMQ.Compatibility.Clients;

internal sealed class HelperProducer(HelperClient client, int id) : IProducer
{
    public Task SendAsync(string topic, IReadOnlyList<TestRecord> records) =>
        client.CallAsync("send", new() { ["producer"] = id, ["topic"] = topic, ["records"] = JsonRecords.ToJson(records) });

    public Task SendManyAsync(string topic, int count, int keys) =>
        client.CallAsync("sendMany", new() { ["producer"] = id, ["topic"] = topic, ["count"] = count, ["keys"] = keys });

    public async ValueTask DisposeAsync() => await client.CallAsync("closeProducer", new() { ["producer"] = id });
}

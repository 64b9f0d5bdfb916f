using System.Text.Json.Nodes;

namespace FlyMQ.Compatibility.Clients;

/// <summary>
/// Records as the helpers write and read them: <c>p</c> partition, <c>o</c> offset, <c>t</c> timestamp in ms, <c>k</c> and <c>v</c> key and
/// value in base64 (null stays null), <c>h</c> headers as [name, base64] pairs.
/// </summary>
internal static class JsonRecords
{
    public static IReadOnlyList<TestRecord> Parse(JsonNode? records) => [.. records!.AsArray().Select(record => Parse(record!.AsObject()))];

    public static JsonArray ToJson(IEnumerable<TestRecord> records) => [.. records.Select(ToJson)];

    private static TestRecord Parse(JsonObject record) => new(Bytes(record["k"]), Bytes(record["v"]))
    {
        Partition = record["p"]!.GetValue<int>(),
        Offset = record["o"]!.GetValue<long>(),
        Timestamp = record["t"]!.GetValue<long>(),
        Headers = [.. (record["h"]?.AsArray() ?? []).Select(header => (header![0]!.GetValue<string>(), Bytes(header[1])))],
    };

    private static JsonNode ToJson(TestRecord record) => new JsonObject
    {
        ["p"] = record.Partition,
        ["t"] = record.Timestamp,
        ["k"] = Text(record.Key),
        ["v"] = Text(record.Value),
        ["h"] = new JsonArray([.. record.Headers.Select(header => new JsonArray(header.Name, Text(header.Value)))]),
    };

    private static byte[]? Bytes(JsonNode? text) => text is null ? null : Convert.FromBase64String(text.GetValue<string>());

    private static string? Text(byte[]? bytes) => bytes is null ? null : Convert.ToBase64String(bytes);
}

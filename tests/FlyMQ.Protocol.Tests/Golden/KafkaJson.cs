using System.Buffers.Text;
using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using FlyMQ.Protocol.Tests.Layouts;

namespace FlyMQ.Protocol.Tests.Golden;

/// <summary>A message as Apache Kafka's library prints it: what the version has, tagged fields only where they hold no default.</summary>
internal static class KafkaJson
{
    public static JsonObject Of(object message, IReadOnlyList<FieldLayout> fields, short version)
    {
        var json = new JsonObject();
        foreach (var field in fields.Where(f => f.IsIn(version)))
        {
            var value = message.GetType().GetProperty(field.Name)!.GetValue(message);
            if (field.Tag is null || !LayoutEncoder.IsDefault(field, value))
            {
                json[Name(field)] = field.IsList ? Elements(value, field, version) : Value(value, field, version);
            }
        }

        return json;
    }

    // Of records only the size is printed; that the bytes are right shows when the frame is written again.
    private static string Name(FieldLayout field) =>
        char.ToLowerInvariant(field.Name[0]) + field.Name[1..] + (field.Type == "records" ? "SizeInBytes" : "");

    private static JsonArray? Elements(object? list, FieldLayout field, short version) =>
        list is null ? null : new JsonArray(((IEnumerable)list).Cast<object>().Select(item => Value(item, field, version)).ToArray());

    private static JsonNode? Value(object? value, FieldLayout field, short version) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag,
        Guid id => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true)),
        double real => real,
        byte[] bytes => Convert.ToBase64String(bytes),
        _ when field.Type == "records" => LayoutEncoder.RecordBytes(value)!.Length,
        _ when field.Type == "struct" => Of(value, field.Fields, version),
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
    };
}

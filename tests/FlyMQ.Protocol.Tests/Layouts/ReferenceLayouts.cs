using System.Globalization;
using System.Text.Json;

namespace FlyMQ.Protocol.Tests.Layouts;

/// <summary>
/// Reads layouts from Kafka's own descriptions, where they are: the folder named by FLYMQ_REFERENCE, or <c>shared/reference</c> beside
/// the repository or above it.
/// </summary>
internal static class ReferenceLayouts
{
    private static readonly JsonDocumentOptions WithComments = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static string? Folder { get; } = FindFolder();

    public static string RequireFolder()
    {
        Assert.SkipUnless(Folder is not null, "Kafka's field lists are not here: set FLYMQ_REFERENCE to the folder that holds kafka-messages/");
        return Folder!;
    }

    /// <summary>Null when there is no description of that name.</summary>
    public static MessageLayout? Find(string message)
    {
        var file = Path.Combine(RequireFolder(), "kafka-messages", message + ".json");
        if (!File.Exists(file))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllText(file), WithComments);
        var root = document.RootElement;
        var valid = Range(root.GetProperty("validVersions").GetString()!, short.MaxValue)!.Value;
        var flexible = Range(root.GetProperty("flexibleVersions").GetString()!, valid.To);
        var structs = root.TryGetProperty("commonStructs", out var common)
            ? common.EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!, s => s.GetProperty("fields"))
            : [];
        var unstable = root.TryGetProperty("latestVersionUnstable", out var latest) && latest.GetBoolean();
        return new MessageLayout(
            message, valid.From, valid.To, flexible?.From ?? short.MaxValue, unstable, Fields(root.GetProperty("fields"), structs, valid));
    }

    private static List<FieldLayout> Fields(JsonElement fields, Dictionary<string, JsonElement> structs, (short From, short To) valid) =>
        fields.EnumerateArray().Select(f => Field(f, structs, valid)).ToList();

    private static FieldLayout Field(JsonElement field, Dictionary<string, JsonElement> structs, (short From, short To) valid)
    {
        var type = field.GetProperty("type").GetString()!;
        var isList = type.StartsWith("[]", StringComparison.Ordinal);
        var value = isList ? type[2..] : type;
        var isStruct = char.IsUpper(value[0]);
        var range = Range(field.GetProperty("versions").GetString()!, valid.To)!.Value;
        var nullable = field.TryGetProperty("nullableVersions", out var n) ? Range(n.GetString()!, valid.To) : null;
        int? tag = field.TryGetProperty("tag", out var t) ? t.GetInt32() : null;
        var nested = !isStruct ? [] : Fields(field.TryGetProperty("fields", out var own) ? own : structs[value], structs, valid);
        var inAllVersions = range.From <= valid.From && range.To >= valid.To;
        return new FieldLayout(
            field.GetProperty("name").GetString()!,
            isStruct ? "struct" : value,
            isList,
            range.From,
            range.To,
            nullable is { } since ? since.From : null,
            tag,
            Default(field, isNullable: nullable is not null),
            !inAllVersions && field.TryGetProperty("ignorable", out var i) && Truth(i),
            nested);
    }

    // Where Kafka leaves the default of a nullable field open, ours is null.
    private static string Default(JsonElement field, bool isNullable)
    {
        var text = field.TryGetProperty("default", out var value) ? value.ToString() : isNullable ? "null" : "";
        return text switch
        {
            "0" or "false" or "False" => "",
            "null" when !isNullable => "",
            "True" => "true",
            _ when text.StartsWith("0x", StringComparison.Ordinal) => Convert.ToInt64(text, 16).ToString(CultureInfo.InvariantCulture),
            // An empty ByteBuffer, printed.
            _ when text.StartsWith("java.nio", StringComparison.Ordinal) => "",
            _ => text,
        };
    }

    private static bool Truth(JsonElement value) => value.ValueKind == JsonValueKind.True || value.ToString() == "true";

    private static (short From, short To)? Range(string text, short max)
    {
        if (text == "none")
        {
            return null;
        }

        if (text.EndsWith('+'))
        {
            return (Parse(text[..^1]), max);
        }

        var ends = text.Split('-');
        return (Parse(ends[0]), Parse(ends[^1]));
    }

    private static short Parse(string text) => short.Parse(text, CultureInfo.InvariantCulture);

    private static string? FindFolder()
    {
        if (Environment.GetEnvironmentVariable("FLYMQ_REFERENCE") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "reference");
            if (Directory.Exists(Path.Combine(candidate, "kafka-messages")))
            {
                return candidate;
            }
        }

        return null;
    }
}

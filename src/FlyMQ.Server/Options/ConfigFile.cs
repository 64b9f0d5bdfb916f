using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FlyMQ.Server.Options;

/// <summary>A configuration file as text: comments and trailing commas are allowed.</summary>
internal sealed class ConfigFile(string path, byte[] utf8)
{
    public string Path => path;

    /// <summary>Adds every key's value to <paramref name="settings"/>, and what cannot be one to <paramref name="problems"/>.</summary>
    public void Read(List<OptionSetting> settings, List<ConfigProblem> problems) => new Reading(this, settings, problems).Run();

    private string At(long offset)
    {
        var before = utf8.AsSpan(0, (int)offset);
        before = before.StartsWith(Encoding.UTF8.Preamble) ? before[Encoding.UTF8.Preamble.Length..] : before;
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{path}:{line}:{column}");
    }

    private sealed class Reading(ConfigFile file, List<OptionSetting> settings, List<ConfigProblem> problems)
    {
        // Where the text begins: behind a byte order mark.
        private int _start;
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public void Run()
        {
            var bytes = file.Utf8;
            _start = bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            var reader = new Utf8JsonReader(
                bytes[_start..], new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
            try
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                {
                    problems.Add(new ConfigProblem(file.Path, null, file.At(0), "a configuration file is one JSON object of sections"));
                    return;
                }

                ReadObject(ref reader, "");
                reader.Read();
            }
            catch (InvalidOperationException)
            {
                // Bytes that are no UTF-8, or half of a surrogate pair as an escape: only taking the text shows it.
                problems.Add(new ConfigProblem(file.Path, null, file.At(_start + reader.TokenStartIndex), "not Unicode text; accepted: UTF-8"));
            }
            catch (JsonException error)
            {
                // The reader counts lines and bytes from 0.
                var at = string.Create(CultureInfo.InvariantCulture, $"{file.Path}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}");
                var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
                problems.Add(new ConfigProblem(file.Path, null, at, $"not JSON: {(end < 0 ? error.Message : error.Message[..end])}"));
            }
        }

        private void ReadObject(ref Utf8JsonReader reader, string section)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var at = file.At(_start + reader.TokenStartIndex);
                var name = section.Length == 0 ? reader.GetString()! : $"{section}.{reader.GetString()}";
                reader.Read();
                if (!_seen.Add(name))
                {
                    problems.Add(new ConfigProblem(name, null, at, "is in the file twice; accepted: once"));
                    reader.Skip();
                }
                else if (OptionKeys.Find(name) is { } key)
                {
                    ReadValue(ref reader, key, at);
                }
                else if (!OptionKeys.IsSection(name))
                {
                    problems.Add(reader.TokenType == JsonTokenType.StartObject && section.Length == 0
                        ? new ConfigProblem(name, null, at, $"unknown section; the nearest known one is {OptionKeys.NearestSection(name)}")
                        : ConfigProblem.Unknown(name, TextOf(ref reader), at));
                    reader.Skip();
                }
                else if (reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadObject(ref reader, name);
                }
                else
                {
                    problems.Add(new ConfigProblem(name, TextOf(ref reader), at, "is a section; accepted: an object of its keys"));
                    reader.Skip();
                }
            }
        }

        private void ReadValue(ref Utf8JsonReader reader, OptionKey key, string at)
        {
            var accepted = key.Form switch
            {
                OptionForm.Number => reader.TokenType is JsonTokenType.Number,
                OptionForm.Boolean => reader.TokenType is JsonTokenType.True or JsonTokenType.False,
                OptionForm.Map => reader.TokenType is JsonTokenType.StartObject,
                OptionForm.Numbers => reader.TokenType is JsonTokenType.StartArray,
                _ => reader.TokenType is JsonTokenType.String,
            };

            if (!accepted)
            {
                var kind = key.Form switch
                {
                    OptionForm.Number => "a JSON number",
                    OptionForm.Boolean => "a JSON true or false",
                    OptionForm.Map => "a JSON object of texts",
                    OptionForm.Numbers => "a JSON array of numbers",
                    _ => "a JSON string",
                };
                problems.Add(new ConfigProblem(key.Name, key.Shown(TextOf(ref reader)), at, $"must be {kind}; accepted: {key.Accepted}"));
                reader.Skip();
                return;
            }

            if (key.Form == OptionForm.Numbers)
            {
                settings.Add(new OptionSetting(key, string.Join(',', Items(ref reader)), at));
                return;
            }

            if (key.Form != OptionForm.Map)
            {
                settings.Add(new OptionSetting(key, TextOf(ref reader), at));
                return;
            }

            var entries = new List<string>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                entries.Add($"{name}={TextOf(ref reader)}");
                reader.Skip();
            }

            settings.Add(new OptionSetting(key, string.Join(',', entries), at));
        }

        private static List<string> Items(ref Utf8JsonReader reader)
        {
            var items = new List<string>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(TextOf(ref reader));
                reader.Skip();
            }

            return items;
        }

        private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.StartObject => "{…}",
            JsonTokenType.StartArray => "[…]",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
    }

    private ReadOnlySpan<byte> Utf8 => utf8;
}

using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Logging;

/// <summary>One JSON object per line: time, level, category, event, message, the event's own fields, error.</summary>
internal sealed class JsonLogFormatter : LogFormatter, IDisposable
{
    // Nothing here ends up in a page: only what JSON itself requires is escaped.
    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public override void Write(in LogEntry entry, ArrayBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("time", entry.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        _json.WriteString("level", entry.Level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        });
        _json.WriteString("category", entry.Category);
        if (entry.Event.Id != 0)
        {
            _json.WriteNumber("event_id", entry.Event.Id);
        }

        if (entry.Event.Name is { } name)
        {
            _json.WriteString("event", name);
        }

        _json.WriteString("message", entry.Message);
        if (entry.Fields.Count > 0)
        {
            _json.WriteStartObject("fields");
            foreach (var (field, value) in entry.Fields)
            {
                Write(field, value);
            }

            _json.WriteEndObject();
        }

        if (entry.Error is { } error)
        {
            _json.WriteString("error", error);
        }

        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    private void Write(string field, object? value)
    {
        switch (value)
        {
            case null: _json.WriteNull(field); break;
            case bool b: _json.WriteBoolean(field, b); break;
            case int n: _json.WriteNumber(field, n); break;
            case long n: _json.WriteNumber(field, n); break;
            case short n: _json.WriteNumber(field, n); break;
            case uint n: _json.WriteNumber(field, n); break;
            case ulong n: _json.WriteNumber(field, n); break;
            case double n when double.IsFinite(n): _json.WriteNumber(field, n); break;
            default: _json.WriteString(field, Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }
}

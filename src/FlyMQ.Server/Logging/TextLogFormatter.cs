using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Logging;

/// <summary>
/// A line for people: time, level, where, what. Control characters are shown as escapes: a topic's or a client's name must not be able to
/// forge a line or steer a terminal.
/// </summary>
/// <param name="terminal">Colours, and the time of day instead of date and time.</param>
internal sealed class TextLogFormatter(bool terminal) : LogFormatter
{
    private readonly StringBuilder _line = new();

    public override void Write(in LogEntry entry, ArrayBufferWriter<byte> output)
    {
        _line.Clear();
        Colour("2");
        var time = entry.Time.ToString(terminal ? "HH:mm:ss.fff" : "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        _line.Append(time);
        Colour("0");
        _line.Append(' ');
        Colour(entry.Level switch
        {
            LogLevel.Critical or LogLevel.Error => "31",
            LogLevel.Warning => "33",
            LogLevel.Information => "32",
            _ => "2",
        });
        _line.Append(Name(entry.Level));
        Colour("0");
        _line.Append(' ');
        Escape(entry.Category[(entry.Category.LastIndexOf('.') + 1)..]);
        _line.Append(": ");
        Escape(entry.Message);
        _line.Append('\n');
        foreach (var line in entry.Error?.Split('\n') ?? [])
        {
            _line.Append("    ");
            Escape(line.TrimEnd('\r'));
            _line.Append('\n');
        }

        foreach (var chunk in _line.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, output);
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "error",
        _ => "crit ",
    };

    private void Colour(string code)
    {
        if (terminal)
        {
            _line.Append("\u001b[").Append(code).Append('m');
        }
    }

    private void Escape(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                _line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                _line.Append(c);
            }
        }
    }
}

using System.Text;

namespace FlyMQ.Broker.Telemetry;

/// <summary>Texts that clients choose, cut to a length that a page of metrics bears.</summary>
internal static class LabelText
{
    /// <summary>Kafka's longest metric names have about eighty characters.</summary>
    public const int MaxChars = 128;

    // A character of UTF-8 takes up to four bytes: what lies behind them is not even decoded.
    private const int MaxBytes = 4 * MaxChars;

    public static string Bounded(string text) => text.Length <= MaxChars ? text : text[..(char.IsHighSurrogate(text[MaxChars - 1]) ? MaxChars - 1 : MaxChars)];

    public static string Bounded(ReadOnlySpan<byte> utf8) => Bounded(Encoding.UTF8.GetString(utf8.Length <= MaxBytes ? utf8 : utf8[..MaxBytes]));
}

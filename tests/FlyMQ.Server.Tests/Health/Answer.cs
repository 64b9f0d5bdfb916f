using System.Globalization;

namespace FlyMQ.Server.Tests.Health;

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The connection was closed without one.</summary>
    public static readonly Answer None = new(0, new Dictionary<string, string>(), "");

    public static Answer Parse(string text)
    {
        if (text.Length == 0)
        {
            return None;
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        Assert.StartsWith("HTTP/1.1 ", lines[0], StringComparison.Ordinal);
        return new Answer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase),
            text[(end + 4)..]);
    }
}

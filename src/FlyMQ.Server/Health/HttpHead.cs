using System.Buffers;
using System.Text;

namespace FlyMQ.Server.Health;

/// <summary>The head of a request: as much of HTTP/1.1 (RFC 9112) as a probe needs, and strict in it.</summary>
/// <param name="Path">Without the query.</param>
internal sealed record HttpHead(string Method, string Path)
{
    /// <summary>Whom the client asked for; null when it did not say, as HTTP/1.0 allows.</summary>
    public string? Host { get; init; }

    /// <summary>Whether it asked for this machine by a name that no name server gives out.</summary>
    public bool IsForLoopback => Host is null || (Uri.TryCreate($"http://{Host}/", UriKind.Absolute, out var uri) && uri.IsLoopback);

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Where the head ends, the empty line included; -1 when it has not ended yet.</summary>
    public static int EndOf(ReadOnlySpan<byte> bytes) => bytes.IndexOf("\r\n\r\n"u8) is >= 0 and var at ? at + 4 : -1;

    /// <param name="head">Up to the end of the empty line.</param>
    /// <returns>Null when it is malformed.</returns>
    public static HttpHead? Parse(ReadOnlySpan<byte> head)
    {
        if (head.ContainsAnyExceptInRange((byte)9, (byte)126) || EndOf(head) != head.Length)
        {
            return null;
        }

        var lines = Encoding.ASCII.GetString(head[..^4]).Split("\r\n");
        return AreHeaders(lines.AsSpan(1), out var hosts) && RequestLine(lines[0], hosts.Count) is { } request ? request with { Host = hosts.FirstOrDefault() } : null;
    }

    private static HttpHead? RequestLine(string line, int hosts)
    {
        if (line.Split(' ') is not [var method, var target, var version] || !IsToken(method))
        {
            return null;
        }

        // One Host exactly, from 1.1 on (RFC 9112, 3.2).
        if (hosts > 1 || !(version == "HTTP/1.1" ? hosts == 1 : version == "HTTP/1.0"))
        {
            return null;
        }

        return PathOf(target) is { } path ? new HttpHead(method, path) : null;
    }

    private static string? PathOf(string target)
    {
        // The absolute form is for proxies, and a server takes it too (RFC 9112, 3.2.2).
        const string scheme = "http://";
        if (target.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            var slash = target.IndexOf('/', scheme.Length);
            target = slash < 0 ? "/" : target[slash..];
        }

        if (target == "*")
        {
            return target;
        }

        return target.StartsWith('/') ? target.Split('?', 2)[0] : null;
    }

    private static bool AreHeaders(ReadOnlySpan<string> lines, out List<string> hosts)
    {
        hosts = [];
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            // Also refuses a folded line and a bare line feed in one.
            if (colon <= 0 || !IsToken(line.AsSpan(0, colon)) || line.AsSpan(colon).ContainsAny('\r', '\n'))
            {
                return false;
            }

            if (line.AsSpan(0, colon).Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                hosts.Add(line[(colon + 1)..].Trim());
            }
        }

        return true;
    }

    private static bool IsToken(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(TokenChars);
}

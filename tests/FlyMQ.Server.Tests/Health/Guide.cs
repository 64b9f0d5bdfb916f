using System.Text.RegularExpressions;

namespace FlyMQ.Server.Tests.Health;

/// <summary>The blocks of the observability guide's section "Health Checks", word for word; checked against the guide where it lies beside the working copy.</summary>
internal static partial class Guide
{
    public const string Response =
        """
        {
          "status": "healthy",
          "checks": {
            "storage": {"status": "healthy", "latency_ms": 2},
            "cluster": {"status": "healthy", "leader": "node-1"},
            "memory": {"status": "healthy", "used_mb": 512, "limit_mb": 2048}
          },
          "uptime": "7d12h30m",
          "version": "1.0.0"
        }
        """;

    public const string Probes =
        """
        livenessProbe:
          httpGet:
            path: /live
            port: 9095
          initialDelaySeconds: 10
          periodSeconds: 10

        readinessProbe:
          httpGet:
            path: /ready
            port: 9095
          initialDelaySeconds: 5
          periodSeconds: 5
        """;

    public const string Endpoints =
        """
        | Endpoint | Purpose | Success | Failure |
        |----------|---------|---------|---------|
        | `GET /live` | Liveness probe | `200 OK` | `503` |
        | `GET /ready` | Readiness probe | `200 OK` | `503` |
        | `GET /health` | Detailed health | JSON status | JSON with errors |
        """;

    /// <summary>The rows of a table of endpoints: what is asked, how it answers when all is well, and how when it is not.</summary>
    public static IReadOnlyList<(string Method, string Path, string Success, string Failure)> Rows(string table) =>
    [
        .. table.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1].Trim('`').Split(' ')[0], cells[1].Trim('`').Split(' ')[1], cells[3].Trim('`'), cells[4].Trim('`'))),
    ];

    /// <summary>Null where there is none.</summary>
    public static string? Text { get; } = Find();

    /// <summary>The content of the fenced blocks of a language in the section.</summary>
    public static IReadOnlyList<string> Blocks(string text, string language)
    {
        var section = text[text.IndexOf("## Health Checks", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n---", StringComparison.Ordinal)];
        return [.. Block().Matches(section).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value)];
    }

    // A git worktree lies one level deeper than a clone; both find the folder beside the repository.
    private static string? Find() =>
        new[] { "../shared", "../../shared" }
            .Select(folder => Path.Combine(Repository.Root, folder, "seeds/flymq-observability-guide.md"))
            .Where(File.Exists).Select(File.ReadAllText).FirstOrDefault();

    [GeneratedRegex(@"```(\w+)\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

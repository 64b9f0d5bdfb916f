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

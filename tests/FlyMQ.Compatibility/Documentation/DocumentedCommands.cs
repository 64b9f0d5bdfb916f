using System.Text;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Documentation;

/// <summary>
/// Every command of the observability page, run as it stands there, from top to bottom, as a newcomer would: in a network of its own, where all the documented ports are free.
/// A block whose first line says that it wants a terminal of its own runs on beside the others.
/// </summary>
public sealed class DocumentedCommands
{
    private const string OwnTerminal = "# in a terminal of its own";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_command_of_the_observability_page_does_what_the_page_says()
    {
        SuiteEnvironment.OnlyFlyMQ();
        foreach (var program in new[] { "unshare", "ip", "curl", "jq", "kcat", "prometheus", "promtool", "pgrep", "dotnet-counters" })
        {
            Programs.Require(program);
        }

        var page = await File.ReadAllTextAsync(Path.Combine(SuiteEnvironment.RepositoryRoot, "docs/observability.md"));
        var blocks = ShellBlocks.Of(page);
        Assert.Contains(blocks, b => b.Contains("./run.sh", StringComparison.Ordinal));
        Assert.Contains(blocks, b => b.Contains("flymq_consumer_group_lag", StringComparison.Ordinal));
        Assert.Empty(ShellBlocks.CommandsInProse(page));
        var folder = Directory.CreateTempSubdirectory("flymq-documented-");
        try
        {
            var run = await ProgramRun.OfAsync(
                Programs.Require("unshare"),
                // What is still running when the script ends goes with its process namespace.
                ["--map-root-user", "--net", "--pid", "--fork", "--mount-proc", "--kill-child", "bash", "-c", Script(blocks)],
                limit: Patience,
                folder: SuiteEnvironment.RepositoryRoot,
                environment: new Dictionary<string, string> { ["FLYMQ_DATA_DIR"] = Path.Combine(folder.FullName, "data"), ["TMPDIR"] = folder.FullName });
            Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}\n{run.Output}\n{run.Error}\n{Logs(folder)}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Script(IReadOnlyList<string> blocks)
    {
        var script = new StringBuilder("set -euo pipefail\nip link set lo up\nroot=$PWD\n");
        foreach (var (number, block) in blocks.Index())
        {
            // Each begins where the page's reader is: at the root of the repository.
            script.Append("cd \"$root\"\n").Append("echo '== block ").Append(number + 1).Append("' >&2\n");
            if (block.StartsWith(OwnTerminal, StringComparison.Ordinal))
            {
                script.Append("(\n").Append(block).Append("\n) > \"$TMPDIR/").Append(number + 1).Append(".log\" 2>&1 &\n");
            }
            else
            {
                script.Append("set -x\n").Append(block).Append("\n{ set +x; } 2> /dev/null\n");
            }
        }

        return script.ToString();
    }

    private static string Logs(DirectoryInfo folder) =>
        string.Join('\n', folder.GetFiles("*.log").OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"-- {f.Name}\n{string.Join('\n', File.ReadLines(f.FullName).TakeLast(40))}"));
}

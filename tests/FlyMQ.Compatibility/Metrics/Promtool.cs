using System.Text;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>Prometheus' own judge of a page of metrics.</summary>
internal static class Promtool
{
    private const int LintProblems = 3;

    /// <summary>Each complaint, <c>name what is wrong</c>; a page that it cannot read fails.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(string promtool, string page)
    {
        var run = await ProgramRun.OfAsync(promtool, ["check", "metrics"], Encoding.UTF8.GetBytes(page));
        Assert.True(run.ExitCode is 0 or LintProblems, $"promtool cannot read the page: {run.Output}{run.Error}");
        return [.. $"{run.Output}\n{run.Error}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }
}

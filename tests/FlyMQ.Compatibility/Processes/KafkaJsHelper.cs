using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Processes;

/// <summary>kafkajs under node. Its packages are installed once by the suite, beside the test binary, from the committed lock file.</summary>
internal static class KafkaJsHelper
{
    private static readonly Lazy<string?> Problem = new(Install);

    private static string Folder => SuiteEnvironment.HelperPath("kafkajs");

    public static void Require()
    {
        Programs.Require("node");
        Assert.SkipWhen(Problem.Value is not null, Problem.Value ?? "");
    }

    public static HelperProcess Start() => new("node", ["helper.js"], Folder);

    private static string? Install()
    {
        if (Directory.Exists(Path.Combine(Folder, "node_modules/kafkajs")))
        {
            return null;
        }

        Programs.Require("npm");
        var run = ProgramRun.OfAsync("npm", ["ci", "--no-audit", "--no-fund"], folder: Folder, limit: TimeSpan.FromMinutes(3)).GetAwaiter().GetResult();
        return run.ExitCode == 0 ? null : $"npm could not install kafkajs: {run.Error}";
    }
}

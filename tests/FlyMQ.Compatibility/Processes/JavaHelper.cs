using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Processes;

/// <summary>Apache Kafka's Java client and tools in one JVM of ours; compiled once a run against the peer's libraries.</summary>
internal static class JavaHelper
{
    private static readonly Lazy<(string? Classes, string? Problem)> Compiled = new(Compile);

    public static void Require()
    {
        SuiteEnvironment.RequireKafkaPeer();
        Programs.Require("java");
        Programs.Require("javac");
        Assert.SkipWhen(Compiled.Value.Problem is not null, Compiled.Value.Problem ?? "");
    }

    public static HelperProcess Start() => new("java",
    [
        "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
        $"-Dlog4j2.configurationFile={SuiteEnvironment.HelperPath("java/log4j2.properties")}",
        "-cp", $"{Compiled.Value.Classes}:{SuiteEnvironment.KafkaPeer}/libs/*", "flymq.compat.Helper",
    ]);

    private static (string? Classes, string? Problem) Compile()
    {
        var classes = SuiteEnvironment.HelperPath("java/classes");
        Directory.CreateDirectory(classes);
        string[] arguments =
        [
            "-nowarn", "-d", classes, "-cp", $"{SuiteEnvironment.KafkaPeer}/libs/*",
            .. Directory.GetFiles(SuiteEnvironment.HelperPath("java"), "*.java", SearchOption.AllDirectories),
        ];
        var run = ProgramRun.OfAsync("javac", arguments, limit: TimeSpan.FromMinutes(2)).GetAwaiter().GetResult();
        return run.ExitCode == 0 ? (classes, null) : throw new InvalidOperationException($"javac: {run.Error}\n{run.Output}");
    }
}

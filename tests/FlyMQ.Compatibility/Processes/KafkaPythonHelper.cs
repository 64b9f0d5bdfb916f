using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Processes;

/// <summary>Debian's python3-kafka under Debian's python3.</summary>
internal static class KafkaPythonHelper
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<string?> Problem = new(Check);

    public static void Require()
    {
        Programs.Require(Python);
        Assert.SkipWhen(Problem.Value is not null, Problem.Value ?? "");
    }

    public static HelperProcess Start() => new(Python, ["-u", SuiteEnvironment.HelperPath("python/helper.py")]);

    private static string? Check()
    {
        var run = ProgramRun.OfAsync(Python, ["-c", "import kafka, snappy, lz4.frame, zstandard"]).GetAwaiter().GetResult();
        return run.ExitCode == 0
            ? null
            : "kafka-python is not installed (Debian packages python3-kafka, python3-snappy, python3-lz4, python3-zstandard): " + run.Error.Trim();
    }
}

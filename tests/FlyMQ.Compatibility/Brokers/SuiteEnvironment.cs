namespace FlyMQ.Compatibility.Brokers;

/// <summary>
/// Where the suite finds what it runs: <c>FLYMQ_COMPAT_TARGET</c> (<c>flymq</c>, <c>kafka</c>), <c>FLYMQ_BINARY</c>, <c>KAFKA_PEER</c>.
/// </summary>
internal static class SuiteEnvironment
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static BrokerTarget Target { get; } = Environment.GetEnvironmentVariable("FLYMQ_COMPAT_TARGET") switch
    {
        null or "" or "flymq" => BrokerTarget.FlyMQ,
        "kafka" => BrokerTarget.ApacheKafka,
        var other => throw new InvalidOperationException($"FLYMQ_COMPAT_TARGET is '{other}': it may be flymq or kafka"),
    };

    public static string FlyMQBinary { get; } = Environment.GetEnvironmentVariable("FLYMQ_BINARY") is { Length: > 0 } path
        ? path
        : Path.Combine(RepositoryRoot, "src/FlyMQ.Server/bin/Release/net10.0/flymq");

    /// <summary>The folder of Apache Kafka's jars and start scripts, or null where this machine has none.</summary>
    public static string? KafkaPeer { get; } = FindPeer();

    public static bool IsKafka => Target == BrokerTarget.ApacheKafka;

    public static string RequireKafkaPeer()
    {
        Assert.SkipWhen(KafkaPeer is null, "Apache Kafka's libraries are not there: set KAFKA_PEER, or lay them at ../shared/peers/kafka");
        return KafkaPeer!;
    }

    /// <summary>Tests of what FlyMQ promises and Apache Kafka does not.</summary>
    public static void OnlyFlyMQ() => Assert.SkipWhen(IsKafka, "FlyMQ's own promise; not checked against Apache Kafka");

    public static string HelperPath(string relative) => Path.Combine(AppContext.BaseDirectory, "Helpers", relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FlyMQ.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("FlyMQ.slnx is in no folder above the test binary");
    }

    private static string? FindPeer()
    {
        var configured = Environment.GetEnvironmentVariable("KAFKA_PEER");
        // A git worktree lies one level deeper than a clone; both find the folder beside the repository.
        string[] candidates = configured is { Length: > 0 }
            ? [configured]
            : [Path.Combine(RepositoryRoot, "../shared/peers/kafka"), Path.Combine(RepositoryRoot, "../../shared/peers/kafka")];
        return candidates.Select(Path.GetFullPath).FirstOrDefault(path => File.Exists(Path.Combine(path, "run-class.sh")));
    }
}

namespace FlyMQ.Compatibility.Processes;

/// <summary>Programs the suite needs from the machine; a test that lacks one is skipped with the name of what to install.</summary>
internal static class Programs
{
    private static readonly Dictionary<string, string> Packages = new()
    {
        ["unshare"] = "util-linux",
        ["pgrep"] = "procps",
        ["dotnet-counters"] = "none: dotnet tool install --global dotnet-counters",
        ["ip"] = "iproute2",
        ["curl"] = "curl",
        ["jq"] = "jq",
        ["kcat"] = "kcat",
        ["strace"] = "strace",
        ["unshare"] = "util-linux",
        ["node"] = "nodejs",
        ["npm"] = "npm",
        ["java"] = "openjdk-17-jre-headless",
        ["javac"] = "openjdk-17-jdk-headless",
        ["prometheus"] = "prometheus",
        ["promtool"] = "prometheus",
        ["/usr/bin/python3"] = "python3",
        ["/usr/lib/python3/dist-packages/prometheus_client/__init__.py"] = "python3-prometheus-client",
    };

    public static string Require(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed (Debian package {Packages[program]})");
        return path!;
    }

    public static string? Find(string program) => Path.IsPathRooted(program)
        ? File.Exists(program) ? program : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

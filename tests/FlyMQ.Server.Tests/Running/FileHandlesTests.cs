using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FlyMQ.Server.Logging;
using FlyMQ.Server.Options;
using FlyMQ.Server.Running;

namespace FlyMQ.Server.Tests.Running;

/// <summary>Alone: the limit is the process's, and every other test that starts a broker raises it.</summary>
[CollectionDefinition(nameof(FileHandlesTests), DisableParallelization = true)]
[Collection(nameof(FileHandlesTests))]
public sealed partial class FileHandlesTests
{
    private const int NumberOfFiles = 7;

    [Fact]
    public void The_soft_limit_is_raised_to_the_hard_one_and_logged()
    {
        var (_, hard) = Limits();
        // The runtime had raised it at the start.
        var lowered = hard / 2;
        Assert.Equal(0, SetLimit(NumberOfFiles, [lowered, hard]));
        Assert.Equal((lowered, hard), Limits());

        using var output = new MemoryStream();
        using (var logs = new BrokerLogs(output, new LoggingOptions(), terminal: false, TimeProvider.System))
        {
            Assert.Equal(hard, FileHandles.Raise(new ServerEvents(logs.CreateLogger("FlyMQ.Server"))));
        }

        Assert.Equal((hard, hard), Limits());
        Assert.Contains($"{hard} open files", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
        Assert.Contains($"(were {lowered})", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    private static (ulong Soft, ulong Hard) Limits()
    {
        var line = File.ReadLines("/proc/self/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (ulong.Parse(line[3], CultureInfo.InvariantCulture), ulong.Parse(line[4], CultureInfo.InvariantCulture));
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong[] softAndHard);
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Clients;

/// <summary>kcat as a member of a group: librdkafka in a process that can be killed. It never commits by itself.</summary>
internal sealed partial class KcatMember : IMember
{
    private const string Format = "%p|%o|%k|%s\\n";
    private readonly MemberState _state = new();
    private readonly Process _process;

    public KcatMember(string bootstrap, MemberSettings settings)
    {
        Programs.Require("kcat");
        ProcessStartInfo start = new("kcat")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            "-b", bootstrap, "-G", settings.Group, "-u", "-f", Format,
            "-X", "auto.offset.reset=earliest", "-X", "enable.auto.commit=false",
            "-X", $"session.timeout.ms={settings.SessionTimeoutMs}", "-X", "heartbeat.interval.ms=500",
            "-X", $"partition.assignment.strategy={settings.Assignor}",
            settings.Topic,
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Record(line.Data);
        _process.ErrorDataReceived += (_, line) => Rebalance(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyList<int> Assignment => _state.Assignment;

    public int Assignments => _state.Assignments;

    public IReadOnlyList<TestRecord> Records => _state.Records;

    public Task CommitAsync() => throw new NotSupportedException("kcat commits by itself or not at all");

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void ThrowIfBroken() => _state.ThrowIfBroken();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Record(string? line)
    {
        if (line is null)
        {
            return;
        }

        var parts = line.Split('|', 4);
        _state.Add([
            TestRecord.Of(parts[2], parts[3]) with
            {
                Partition = int.Parse(parts[0], CultureInfo.InvariantCulture),
                Offset = long.Parse(parts[1], CultureInfo.InvariantCulture),
            },
        ]);
    }

    // kcat says "% Group g rebalanced (memberid m): assigned: topic [0], topic [1]" and "…: revoked: …" on its error output.
    private void Rebalance(string? line)
    {
        if (line is null)
        {
            return;
        }

        var partitions = PartitionInBrackets().Matches(line).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        if (line.Contains("assigned:", StringComparison.Ordinal))
        {
            _state.Assigned(partitions);
        }
        else if (line.Contains("revoked:", StringComparison.Ordinal))
        {
            _state.Lost(partitions);
        }
        else if (line.StartsWith("% ERROR", StringComparison.Ordinal) && !line.Contains("Transport", StringComparison.Ordinal))
        {
            _state.Broke(new InvalidOperationException(line));
        }
    }

    [GeneratedRegex(@"\[(\d+)\]")]
    private static partial Regex PartitionInBrackets();
}

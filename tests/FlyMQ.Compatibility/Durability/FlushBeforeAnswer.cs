using System.Text;
using System.Text.RegularExpressions;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Durability;

/// <summary>
/// What the kernel saw: no answer to acks=all leaves before a write that holds the batch has completed on a file opened with O_DSYNC. The batch is known by a word
/// in it, the answer by its correlation id, which is four letters.
/// </summary>
public sealed partial class FlushBeforeAnswer
{
    private const int Requests = 40;

    [Fact]
    public async Task No_answer_to_acks_all_leaves_before_its_batch_is_on_stable_storage() => Assert.Empty(await UncoveredAsync("commit"));

    [Fact]
    public async Task The_same_trace_shows_answers_that_leave_early_when_nothing_is_flushed() => Assert.Equal(Requests, (await UncoveredAsync("none")).Count);

    private static async Task<List<string>> UncoveredAsync(string sync)
    {
        Assert.SkipWhen(SuiteEnvironment.IsKafka, "This is about FlyMQ's own promise.");
        var strace = Programs.Require("strace");
        var cancel = TestContext.Current.CancellationToken;
        var trace = Path.Combine(Path.GetTempPath(), $"flymq-strace-{Guid.NewGuid():n}");
        try
        {
            await using (var broker = await BrokerProcess.StartAsync(new BrokerSettings
            {
                Wrapper = [strace, "-f", "-s", "400", "-e", "trace=openat,open,pwrite64,pwritev,pwritev2,sendmsg,sendto,fsync,fdatasync", "-o", trace],
                FlyMQ = new Dictionary<string, string> { ["storage.sync"] = sync },
            }))
            {
                using var connection = await RawConnection.OpenAsync(broker.Port, cancel);
                await connection.SendAsync(Frames.MetadataOf(1, "traced"), cancel);
                await connection.ReceiveAsync(cancel);
                for (var i = 0; i < Requests; i++)
                {
                    await connection.SendAsync(Frames.ProduceTo(CorrelationId(i), "traced", 0, Frames.AcksAll, Frames.Batch(Encoding.ASCII.GetBytes(Word(i)))), cancel);
                    await connection.ReceiveAsync(cancel);
                }

                await broker.StopAsync();
            }

            return Uncovered(await File.ReadAllLinesAsync(trace, cancel));
        }
        finally
        {
            File.Delete(trace);
        }
    }

    private static List<string> Uncovered(string[] lines)
    {
        var durableFiles = new HashSet<string>(StringComparer.Ordinal);
        var writing = new Dictionary<string, string>(StringComparer.Ordinal);
        var covered = new HashSet<string>(StringComparer.Ordinal);
        var answered = new HashSet<string>(StringComparer.Ordinal);
        var uncovered = new List<string>();
        foreach (var line in lines)
        {
            var pid = line.Split(' ', 2)[0];
            if (Opened().Match(line) is { Success: true } opened)
            {
                if (opened.Groups["flags"].Value.Contains("O_DSYNC", StringComparison.Ordinal))
                {
                    durableFiles.Add(opened.Groups["fd"].Value);
                }
            }
            else if (Written().Match(line) is { Success: true } written && durableFiles.Contains(written.Groups["fd"].Value) && Words().Match(line) is { Success: true } word)
            {
                // Finished at once, or when the kernel says so later.
                if (line.Contains("<unfinished", StringComparison.Ordinal))
                {
                    writing[pid] = word.Value;
                }
                else if (!line.Contains("= -1", StringComparison.Ordinal))
                {
                    covered.Add(word.Value);
                }
            }
            else if (line.Contains("resumed>", StringComparison.Ordinal) && line.Contains("pwrite", StringComparison.Ordinal) && writing.Remove(pid, out var finished)
                && !line.Contains("= -1", StringComparison.Ordinal))
            {
                covered.Add(finished);
            }
            else if (Sent().IsMatch(line))
            {
                foreach (var answer in Answers().Matches(line).Select(m => m.Value))
                {
                    answered.Add(answer);
                    if (!covered.Contains($"word-{answer[1..]}-"))
                    {
                        uncovered.Add(answer);
                    }
                }
            }
        }

        Assert.Equal(Requests, answered.Count);
        return uncovered;
    }

    private static string Word(int i) => $"word-{i:D3}-";

    private static int CorrelationId(int i) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Encoding.ASCII.GetBytes($"R{i:D3}"));

    [GeneratedRegex(@"open(at)?\(.*?(?<flags>O_\S+).*= (?<fd>\d+)$")]
    private static partial Regex Opened();

    [GeneratedRegex(@"pwrite(64|v|v2)\((?<fd>\d+),")]
    private static partial Regex Written();

    [GeneratedRegex(@"word-\d{3}-")]
    private static partial Regex Words();

    [GeneratedRegex(@"send(msg|to)\(")]
    private static partial Regex Sent();

    [GeneratedRegex(@"R\d{3}")]
    private static partial Regex Answers();
}

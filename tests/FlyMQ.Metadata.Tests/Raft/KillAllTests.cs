using System.Collections.Concurrent;

namespace FlyMQ.Metadata.Tests.Raft;

/// <summary>
/// What stock DotNext 6.12.0 loses and <see cref="Metadata.Raft.DurableLog"/> keeps: all nodes die at once, only the followers come back.
/// With FLYMQ_TEST_STOCK_LOG=1 the test runs against the stock log, and fails; docs/internals/metadata.md has the figures.
/// </summary>
public sealed class KillAllTests
{
    private const int Rounds = 5;
    private const int AcknowledgedPerRound = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Log = Environment.GetEnvironmentVariable("FLYMQ_TEST_STOCK_LOG") == "1" ? "stock" : "durable";

    [Fact]
    public async Task Every_acknowledged_command_survives_the_loss_of_all_nodes_when_only_the_followers_return()
    {
        var lost = 0;
        var acknowledged = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var folder = new TempFolder();
            int[] ports = [FreePort.Next().Port, FreePort.Next().Port, FreePort.Next().Port];
            var acked = await LoadAndKillAll(folder.Path, ports);
            var leader = int.Parse(acked[^1].Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
            var present = await ReadFromFollowers(folder.Path, ports, except: leader);
            acknowledged += acked.Length;
            lost += acked.Count(key => !present.Contains(key));
        }

        Assert.True(lost == 0, $"{lost} of {acknowledged} acknowledged commands are lost ({Log} log)");
    }

    private static async Task<string[]> LoadAndKillAll(string folder, int[] ports)
    {
        var acked = new ConcurrentQueue<string>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var nodes = ports.Select((_, id) => NodeHandle.Start(id, folder, "load", Log, ports, acked, () =>
        {
            if (acked.Count >= AcknowledgedPerRound)
            {
                enough.TrySetResult();
            }
        })).ToArray();
        await enough.Task.WaitAsync(Patience);
        foreach (var node in nodes)
        {
            node.Kill();
        }

        await Task.WhenAll(nodes.Select(n => n.Ended())).WaitAsync(Patience);
        foreach (var node in nodes)
        {
            node.Dispose();
        }

        return [.. acked];
    }

    private static async Task<HashSet<string>> ReadFromFollowers(string folder, int[] ports, int except)
    {
        var lines = new ConcurrentQueue<string>();
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var nodes = ports.Select((_, id) => id).Where(id => id != except).Select(id => NodeHandle.Start(id, folder, "read", Log, ports, lines, () =>
        {
            if (lines.LastOrDefault() == "END")
            {
                end.TrySetResult();
            }
        })).ToArray();
        try
        {
            await end.Task.WaitAsync(Patience);
            return [.. lines];
        }
        finally
        {
            foreach (var node in nodes)
            {
                node.Dispose();
            }
        }
    }
}

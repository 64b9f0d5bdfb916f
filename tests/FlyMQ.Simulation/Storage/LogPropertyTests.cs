using System.Collections.Concurrent;
using System.Globalization;
using FlyMQ.Storage;

namespace FlyMQ.Simulation.Storage;

/// <summary>
/// Log, journal and recovery against a model, seed by seed. <c>FLYMQ_SEED=N</c> replays one, <c>FLYMQ_SEEDS=N</c> goes hunting through N from a random one on.
/// </summary>
public class LogPropertyTests(ITestOutputHelper output)
{
    private const int Seeds = 600, Steps = 250;

    [Theory, InlineData(SyncMode.Commit, Seeds), InlineData(SyncMode.None, Seeds / 3)]
    public void Nothing_acknowledged_is_lost_and_nothing_appears(SyncMode sync, int seeds)
    {
        var (first, count) = Range(seeds);
        var failures = new ConcurrentDictionary<int, string>();
        long acknowledged = 0, powerLosses = 0;
        Parallel.For(first, first + count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, state) =>
        {
            var run = new LogRun(seed, sync);
            try
            {
                run.Go(Steps);
            }
            catch (Exception e)
            {
                failures[seed] = $"FLYMQ_SEED={seed}: {e}\n{string.Join('\n', run.Story.TakeLast(60))}";
                if (failures.Count >= 10)
                {
                    state.Stop();
                }
            }

            Interlocked.Add(ref acknowledged, run.Acknowledged);
            Interlocked.Add(ref powerLosses, run.PowerLosses);
        });
        output.WriteLine($"{count} seeds: {acknowledged} acknowledgements, {powerLosses} power losses.");
        Assert.True(failures.IsEmpty, $"{failures.Count} seeds failed: {string.Join(", ", failures.Keys.Order())}\n{(failures.IsEmpty ? "" : failures.MinBy(f => f.Key).Value)}");
        Assert.True(count < 100 || (acknowledged > count && powerLosses > count));
    }

    [Fact]
    public void A_flush_that_does_nothing_is_noticed()
    {
        var noticed = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            try
            {
                new LogRun(seed, flushesReachTheDisk: false).Go(Steps);
            }
            catch (Exception)
            {
                noticed++;
            }
        }

        Assert.InRange(noticed, 15, 20);
    }

    private static (int First, int Count) Range(int seeds)
    {
        static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
        return Number("FLYMQ_SEED") is { } seed ? (seed, 1) : Number("FLYMQ_SEEDS") is { } count ? (Random.Shared.Next(1 << 30), count) : (0, seeds);
    }
}

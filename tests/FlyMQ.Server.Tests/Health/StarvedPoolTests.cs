using System.Text.Json.Nodes;
using FlyMQ.Server.Health;
using FlyMQ.Server.Options;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

/// <summary>Alone: the pool is everybody's.</summary>
[CollectionDefinition(nameof(StarvedPoolTests), DisableParallelization = true)]
[Collection(nameof(StarvedPoolTests))]
public sealed class StarvedPoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task It_answers_while_every_thread_of_the_pool_is_blocked_and_says_that_they_are_until_they_are_not()
    {
        using var folder = new TempFolder();
        var watch = new BrokerWatch(TimeProvider.System);
        var options = new HealthOptions { Listen = new ListenAddress("localhost", 0), ProbeIntervalMs = 100 };
        using var endpoint = HealthEndpoint.Start(options, folder.Path, watch, OsFiles.Instance, NullLoggerFactory.Instance, TimeProvider.System)!;
        watch.Serving(() => Serving);
        Assert.True(SpinWait.SpinUntil(() => Ask.Get(endpoint.Bound[0], "/ready").Status == 200, Patience));
        Exception? failure = null;
        // Neither the client nor the test may need the pool.
        var test = new Thread(() =>
        {
            try
            {
                Starve(endpoint);
                Assert.True(SpinWait.SpinUntil(() => (string?)PoolOf(endpoint)["status"] == "healthy", Patience), PoolOf(endpoint).ToJsonString());
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        test.Start();
        await Task.Run(test.Join);
        Assert.Null(failure);
    }

    private static void Starve(HealthEndpoint endpoint)
    {
        using var released = new ManualResetEventSlim();
        ThreadPool.GetMaxThreads(out var mostWorkers, out var mostPorts);
        ThreadPool.GetMinThreads(out var leastWorkers, out _);
        var blocked = 0;
        try
        {
            // No more than there are now, so that the pool cannot help itself with new ones.
            var most = Math.Max(leastWorkers, ThreadPool.ThreadCount) + 2;
            Assert.True(ThreadPool.SetMaxThreads(most, mostPorts));
            for (var i = 0; i < 4 * most; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    _ =>
                    {
                        Interlocked.Increment(ref blocked);
                        released.Wait();
                    },
                    null);
            }

            Assert.True(SpinWait.SpinUntil(IsStarved, Patience), $"{blocked} of {most} are blocked");
            foreach (var path in (string[])["/live", "/ready", "/health"])
            {
                Assert.All(endpoint.Bound, bound => Assert.Equal(200, Ask.Get(bound, path).Status));
            }

            Assert.True(SpinWait.SpinUntil(() => (string?)PoolOf(endpoint)["status"] == "degraded", Patience), PoolOf(endpoint).ToJsonString());
            var pool = PoolOf(endpoint);
            Assert.Equal("threadpool_starved", (string?)pool["reason"]);
            Assert.True((long)pool["queued"]! > 0);
            Assert.True((int)pool["threads"]! > 0);
        }
        finally
        {
            released.Set();
            ThreadPool.SetMaxThreads(mostWorkers, mostPorts);
            SpinWait.SpinUntil(() => ThreadPool.PendingWorkItemCount == 0, Patience);
        }
    }

    private static JsonNode PoolOf(HealthEndpoint endpoint) => JsonNode.Parse(Ask.Get(endpoint.Bound[0], "/health").Body)!["checks"]!["threadpool"]!;

    // Whatever is queued does not run.
    private static bool IsStarved()
    {
        using var ran = new ManualResetEventSlim();
        var mine = ran;
        ThreadPool.UnsafeQueueUserWorkItem(_ => Set(mine), null);
        return !ran.Wait(1000);

        static void Set(ManualResetEventSlim ran)
        {
            try
            {
                ran.Set();
            }
            catch (ObjectDisposedException)
            {
                // After the test has let the pool go.
            }
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using FlyMQ.Server.Health;
using FlyMQ.Server.Options;
using FlyMQ.Storage;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

/// <summary>Probe, monitor and sockets together, over a life that the test tells.</summary>
public sealed class HealthEndpointTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly BrokerWatch _watch = new(TimeProvider.System);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_tells_the_life_of_a_broker()
    {
        using var endpoint = Start(OsFiles.Instance);
        Expect(endpoint, "/ready", 503, "starting: ");
        _watch.Recovery.Begin();
        Expect(endpoint, "/ready", 503, "recovering: The broker recovers its data.");
        _watch.Recovery.Report(3, 4);
        // At once, whenever the monitor looks next.
        Assert.StartsWith("recovering: The broker recovers its data: 75% ", Ask.Get(endpoint.Bound[0], "/ready").Body, StringComparison.Ordinal);
        Expect(endpoint, "/live", 200, "OK");
        _watch.Serving(() => Serving);
        Expect(endpoint, "/ready", 200, "OK");
        _watch.Draining();
        // At once, whenever the monitor looks next.
        Assert.Equal(503, Ask.Get(endpoint.Bound[0], "/ready").Status);
        Expect(endpoint, "/ready", 503, "draining: ");
        Expect(endpoint, "/live", 200, "OK");
        _watch.Failed("the metadata log failed");
        Expect(endpoint, "/live", 503, "failed: ");
    }

    [Fact]
    public void The_latency_is_that_of_a_real_flush_in_the_data_folder()
    {
        using var endpoint = Start(new SlowFiles(() => Thread.Sleep(120)));
        _watch.Serving(() => Serving);
        Assert.True(SpinWait.SpinUntil(() => Health(endpoint)["checks"]!["storage"]!["latency_ms"] is not null, Patience));
        Assert.InRange((long)Health(endpoint)["checks"]!["storage"]!["latency_ms"]!, 120, 10_000);
        Assert.True(File.Exists(Path.Combine(_folder.Path, StorageProbe.FileName)));
    }

    [Fact]
    public void A_flush_that_does_not_come_back_holds_nobody_and_is_no_reason_to_restart()
    {
        using var released = new ManualResetEventSlim();
        using (var endpoint = Start(new SlowFiles(released.Wait), new HealthOptions { StuckAfterMs = 1000, SlowDiskMs = 100 }))
        {
            // Threads that have stood still as long wait for the same disk.
            _watch.Serving(() => Serving with { Storage = new StorageProgress(2, 1, 1) });
            Expect(endpoint, "/ready", 503, "storage_silent: ");
            Assert.Equal(200, Ask.Get(endpoint.Bound[0], "/live").Status);
            Assert.Equal("storage_silent", (string?)Health(endpoint)["checks"]!["storage"]!["reason"]);
            released.Set();
            _watch.Serving(() => Serving with { Storage = new StorageProgress(2, 2, Environment.TickCount64) });
            Expect(endpoint, "/ready", 200, "OK");
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_not_ready_and_alive()
    {
        using var endpoint = Start(new SlowFiles(() => throw new IOException("Input/output error")));
        _watch.Serving(() => Serving);
        Expect(endpoint, "/ready", 503, "storage_failed: The data folder cannot be written: Input/output error");
        Assert.Equal(200, Ask.Get(endpoint.Bound[0], "/live").Status);
    }

    [Theory]
    [InlineData(2, 1, 0, 0, "journal_stuck")]
    [InlineData(1, 1, 2, 1, "metadata_log_stuck")]
    [InlineData(1, 1, 1, 1, "settler_stuck")]
    public void A_thread_that_stands_still_before_its_work_fails_live(long appended, long flushed, long expected, long applied, string reason)
    {
        using var endpoint = Start(OsFiles.Instance, new HealthOptions { StuckAfterMs = 1000, ProbeIntervalMs = 100, SlowDiskMs = 60_000 });
        _watch.Serving(() => Serving with
        {
            Storage = new StorageProgress(appended, flushed, reason == "settler_stuck" ? 7 : Environment.TickCount64),
            Metadata = new Metadata.Raft.MetadataProgress(expected, applied),
        });
        Expect(endpoint, "/live", 503, $"{reason}: ");
    }

    [Fact]
    public void A_monitor_that_cannot_look_any_more_is_told_of()
    {
        using var endpoint = Start(OsFiles.Instance, limits: new HealthLimits { StaleAfterMs = 1500 });
        using var released = new ManualResetEventSlim();
        _watch.Serving(() =>
        {
            released.Wait();
            return Serving;
        });
        Expect(endpoint, "/live", 503, "monitor_stuck: ");
        Assert.Equal(503, Ask.Get(endpoint.Bound[0], "/health").Status);
        released.Set();
        Expect(endpoint, "/live", 200, "OK");
    }

    [Fact]
    public void Memory_is_judged_against_the_limit_that_is_set()
    {
        using var endpoint = Start(OsFiles.Instance, new HealthOptions { MemoryLimitMb = 1 });
        _watch.Serving(() => Serving);
        Expect(endpoint, "/ready", 200, "OK");
        var memory = Health(endpoint)["checks"]!["memory"]!;
        Assert.Equal(("unhealthy", "memory_high", 1), ((string?)memory["status"], (string?)memory["reason"], (int)memory["limit_mb"]!));
        Assert.InRange((long)memory["used_mb"]!, 10, 100_000);
    }

    [Fact]
    public void Without_it_nothing_listens() =>
        Assert.Null(HealthEndpoint.Start(new HealthOptions { Enabled = false }, _folder.Path, _watch, OsFiles.Instance, NullLoggerFactory.Instance, TimeProvider.System));

    private HealthEndpoint Start(IFiles files, HealthOptions? options = null, HealthLimits? limits = null) =>
        HealthEndpoint.Start(
            (options ?? new HealthOptions()) with { Listen = new ListenAddress("localhost", 0), ProbeIntervalMs = 100 },
            _folder.Path, _watch, files, NullLoggerFactory.Instance, TimeProvider.System, limits)!;

    private static JsonNode Health(HealthEndpoint endpoint) => JsonNode.Parse(Ask.Get(endpoint.Bound[0], "/health").Body)!;

    private static void Expect(HealthEndpoint endpoint, string path, int status, string body)
    {
        var last = Answer.None;
        SpinWait.SpinUntil(
            () =>
            {
                last = Ask.Get(endpoint.Bound[0], path);
                return last.Status == status && last.Body.StartsWith(body, StringComparison.Ordinal);
            },
            Patience);
        Assert.Equal((status, true), (last.Status, last.Body.StartsWith(body, StringComparison.Ordinal)));
    }
}

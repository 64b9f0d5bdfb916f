using System.Globalization;
using System.Text.RegularExpressions;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Health;

/// <summary>What the health endpoint says of a real broker while something happens to it.</summary>
public sealed partial class HealthFaults
{
    private const long Ballast = 2L << 30;
    private const string Topic = "watched";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broker_that_serves_is_alive_ready_and_healthy()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync();
        Assert.Equal("OK", (await HealthAnswer.UntilOkAsync(broker, "/ready")).Body);
        Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
        var health = (await HealthAnswer.UntilAsync(broker, "/health", a => a.Status == 200 && a.Json()["checks"]!["storage"]!["latency_ms"] is not null)).Json();
        var checks = health["checks"]!;
        Assert.Equal("node-1", (string?)checks["cluster"]!["leader"]);
        Assert.Equal("healthy", (string?)checks["cluster"]!["status"]);
        Assert.Equal("healthy", (string?)checks["journal"]!["status"]);
        Assert.InRange((long)checks["memory"]!["used_mb"]!, 10, ProcessFacts.PeakResidentBytes(broker.Pid) >> 20);
        Assert.True((long)checks["memory"]!["limit_mb"]! > 0);
        Assert.Matches("^[0-9]+s$|^[0-9]+m$", (string?)health["uptime"]);

        using var client = await RawConnection.OpenAsync(broker.Port, Cancel);
        await client.SendAsync(Frames.ApiVersions(1), Cancel);
        await client.ReceiveAsync(Cancel);
        await HealthAnswer.UntilAsync(broker, "/health", a => (int)a.Json()["checks"]!["connections"]!["open"]! >= 1);
    }

    [Fact]
    public async Task A_broker_that_recovers_much_says_how_far_it_is_from_its_first_moment_and_is_alive()
    {
        SuiteEnvironment.OnlyFlyMQ();
        // Large enough that no checkpoint comes before the end.
        await using var broker = await StartAsync(("storage.journal_bytes", "1073741824"), ("storage.sync", "none"));
        using (var client = await FilledTopicAsync(broker, batches: 300))
        {
            await broker.KillAsync();
        }

        using var over = new CancellationTokenSource();
        var seen = WatchAsync(broker, over.Token);
        await broker.StartAgainAsync();
        await HealthAnswer.UntilOkAsync(broker, "/ready");
        await over.CancelAsync();
        var answers = await seen;

        Assert.All(answers, a => Assert.Equal(200, a.Live));
        Assert.Equal(503, answers[0].Ready.Status);
        Assert.Contains(answers, a => a.Ready.Body.StartsWith("recovering: ", StringComparison.Ordinal));
        var told = answers.Select(a => Progress().Match(a.Ready.Body)).Where(m => m.Success).ToList();
        var percents = told.ConvertAll(m => int.Parse(m.Groups["percent"].Value, CultureInfo.InvariantCulture));
        Assert.Equal(percents.Order(), percents);
        // Finer than the journal's files, of which there are five: somewhere within one of them.
        Assert.True(percents.Exists(p => p % 20 is > 2 and < 18), string.Join(' ', percents.Distinct()));
        Assert.Contains(told, m => m.Groups["left"].Success);
        Assert.All(told.Where(m => m.Groups["left"].Success), m => Assert.InRange(int.Parse(m.Groups["left"].Value, CultureInfo.InvariantCulture), 0, 600));
        // Ready once, and from then on.
        Assert.All(answers.SkipWhile(a => a.Ready.Status == 503), a => Assert.Equal(200, a.Ready.Status));
        Assert.Equal("healthy", (string?)(await HealthAnswer.OfAsync(broker, "/health"))!.Json()["checks"]!["recovery"]!["status"]);
    }

    [Fact]
    public async Task A_broker_that_drains_is_not_ready_and_alive_to_its_end()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync(("shutdown.timeout_ms", "4000"));
        // One client does not read what it asked for, which is what a drain waits for; another holds a long poll.
        using var unread = await FilledTopicAsync(broker, batches: 16);
        for (var i = 0; i < 64; i++)
        {
            await unread.SendAsync(Frames.FetchFrom(i, Topic, 0, i % 16), Cancel);
        }

        using var polling = await RawConnection.OpenAsync(broker.Port, Cancel);
        await polling.SendAsync(LongPoll(), Cancel);
        await HealthAnswer.UntilAsync(broker, "/health", a => (int)a.Json()["checks"]!["connections"]!["open"]! == 2);
        Assert.Equal(200, (await HealthAnswer.OfAsync(broker, "/ready"))!.Status);

        var ended = broker.StopAsync();
        await HealthAnswer.UntilFailedAsync(broker, "/ready", "draining");
        Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
        var health = await HealthAnswer.OfAsync(broker, "/health");
        Assert.Equal((503, "draining"), (health!.Status, (string?)health.Json()["checks"]!["process"]!["reason"]));
        // The poll is answered, or closed, long before its time.
        Assert.True(await polling.DrainAsync(TimeSpan.FromSeconds(20), Cancel));
        Assert.True(broker.IsRunning, "the drain was over before it could be looked at");
        Assert.Equal(503, (await HealthAnswer.OfAsync(broker, "/ready"))?.Status);
        await ended;
    }

    [Fact]
    public async Task A_full_disk_is_not_ready_and_no_reason_to_restart_until_there_is_room_again()
    {
        SuiteEnvironment.OnlyFlyMQ();
        var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        Assert.SkipWhen(free < 3 * Ballast, "Too little room for this test's ballast.");
        var ballast = Path.Combine(Path.GetTempPath(), $"flymq-ballast-{Guid.NewGuid():n}");
        try
        {
            await using (new FileStream(ballast, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = Ballast }))
            {
            }

            var taken = free - new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
            Assert.SkipWhen(taken < Ballast * 3 / 4, "This file system does not reserve what is allocated.");
            await using var broker = await StartAsync(("storage.min_free_bytes", (free - (Ballast / 2)).ToString(CultureInfo.InvariantCulture)));
            await HealthAnswer.UntilFailedAsync(broker, "/ready", "storage_full");
            Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
            var health = await HealthAnswer.OfAsync(broker, "/health");
            Assert.Equal(503, health!.Status);
            Assert.Equal("unhealthy", (string?)health.Json()["status"]);
            Assert.Equal("storage_full", (string?)health.Json()["checks"]!["storage"]!["reason"]);

            File.Delete(ballast);
            await HealthAnswer.UntilOkAsync(broker, "/ready");
            await HealthAnswer.UntilOkAsync(broker, "/health");
        }
        finally
        {
            File.Delete(ballast);
        }
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_not_ready_and_no_reason_to_restart()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync(("health.probe_interval_ms", "100"));
        await HealthAnswer.UntilOkAsync(broker, "/ready");
        // In the place of the file that is written; replaced at once, so that the next write meets it.
        var probed = Path.Combine(broker.DataFolder, ".health");
        await ReplaceByFolderAsync(probed);
        await HealthAnswer.UntilFailedAsync(broker, "/ready", "storage_failed");
        Assert.Equal(200, (await HealthAnswer.OfAsync(broker, "/live"))!.Status);
        Directory.Delete(probed);
        await HealthAnswer.UntilOkAsync(broker, "/ready");
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var first = await StartAsync();
        var taken = $"127.0.0.1:{first.HealthPort}";
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(("health.listen", taken)));
        Assert.Contains($"Port {first.HealthPort} (health.listen) is in use by another process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_that_is_high_is_told_of_while_it_is_and_given_back_when_the_load_is_gone()
    {
        SuiteEnvironment.OnlyFlyMQ();
        // Twice what it has at rest, and much less than 64 clients with a megabyte each several times take.
        int limitMb;
        await using (var atRest = await StartAsync())
        {
            limitMb = 2 * (int)(ProcessFacts.ResidentBytes(atRest.Pid) >> 20);
        }

        await using var broker = await StartAsync(("health.memory_limit_mb", $"{limitMb}"), ("health.probe_interval_ms", "100"));
        Assert.Equal("healthy", Memory(await HealthAnswer.UntilOkAsync(broker, "/health")).Status);
        using (var load = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var clients = Enumerable.Range(0, 64).Select(_ => LoadAsync(broker, load.Token)).ToList();
            var high = await HealthAnswer.UntilAsync(broker, "/health", a => Memory(a) is ("unhealthy", "memory_high"));
            Assert.Equal(503, high.Status);
            Assert.True((long)high.Json()["checks"]!["memory"]!["used_mb"]! > limitMb);
            Assert.Equal(limitMb, (int)high.Json()["checks"]!["memory"]!["limit_mb"]!);
            // Neither a restart nor another broker is asked for.
            Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
            Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/ready"));
            await load.CancelAsync();
            await Task.WhenAll(clients);
        }

        var well = await HealthAnswer.UntilAsync(broker, "/health", a => Memory(a) is ("healthy", null));
        Assert.Equal(200, well.Status);
    }

    private static (string? Status, string? Reason) Memory(HealthAnswer answer) =>
        answer.Json()["checks"]!["memory"]! is var memory ? ((string?)memory["status"], (string?)memory["reason"]) : default;

    private static async Task LoadAsync(BrokerProcess broker, CancellationToken until)
    {
        var frame = Frames.ProduceTo(2, Topic, 0, Frames.AcksAll, Frames.Batch(new byte[1_000_000]));
        try
        {
            using var connection = await RawConnection.OpenAsync(broker.Port, until);
            await connection.SendAsync(Frames.MetadataOf(1, Topic), until);
            await connection.ReceiveAsync(until);
            while (true)
            {
                for (var i = 0; i < 4; i++)
                {
                    await connection.SendAsync(frame, until);
                }

                for (var i = 0; i < 4; i++)
                {
                    await connection.ReceiveAsync(until);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }

    [GeneratedRegex(@"^recovering: The broker recovers its data: (?<percent>\d+)% of the journal is replayed(, about (?<left>\d+) s are left)?\.$")]
    private static partial Regex Progress();

    private static Task<BrokerProcess> StartAsync(params (string Key, string Value)[] settings) =>
        BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = settings.ToDictionary(s => s.Key, s => s.Value) });

    // Batches of 1 MB each.
    private static async Task<RawConnection> FilledTopicAsync(BrokerProcess broker, int batches)
    {
        var connection = await RawConnection.OpenAsync(broker.Port, Cancel);
        await connection.SendAsync(Frames.MetadataOf(1, Topic), Cancel);
        await connection.ReceiveAsync(Cancel);
        var batch = Frames.Batch(new byte[1_000_000]);
        for (var i = 0; i < batches; i++)
        {
            await connection.SendAsync(Frames.ProduceTo(i, Topic, 0, Frames.AcksAll, batch), Cancel);
            await connection.ReceiveAsync(Cancel);
        }

        return connection;
    }

    private static byte[] LongPoll() =>
        Frames.Header(Frames.Fetch, 4, 1)
            .Int32(-1).Int32(600_000).Int32(1).Int32(1 << 20).Int8(0)
            .Int32(1).String(Topic).Int32(1)
            .Int32(0).Int64(16).Int32(1 << 20)
            .ToFrame();

    private static async Task<List<(int Live, HealthAnswer Ready)>> WatchAsync(BrokerProcess broker, CancellationToken until)
    {
        var seen = new List<(int, HealthAnswer)>();
        while (!until.IsCancellationRequested)
        {
            if (await HealthAnswer.OfAsync(broker, "/live") is { } live && await HealthAnswer.OfAsync(broker, "/ready") is { } ready)
            {
                seen.Add((live.Status, ready));
            }

            await Task.Delay(2, CancellationToken.None);
        }

        return seen;
    }

    private static async Task ReplaceByFolderAsync(string file)
    {
        while (!Directory.Exists(file))
        {
            try
            {
                File.Delete(file);
                Directory.CreateDirectory(file);
            }
            catch (IOException)
            {
                // A write came between; the next try is between two of them.
                await Task.Delay(10, Cancel);
            }
        }
    }
}

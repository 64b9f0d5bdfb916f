using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>What the real process tells of itself, its limits, its partitions and its start, against what was done to it and what the system says.</summary>
public sealed class Saturation
{
    private const string Topic = "watched";
    private static readonly (string, string)[] Partition = [("topic", Topic), ("partition", "0")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_tells_what_the_system_knows_of_it()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync();
        var cpu = ProcessFacts.CpuSeconds(broker.Pid);
        var scrape = await Scrape.OfAsync(broker.MetricsPort);
        // The scrape's own connection, and those of probes before it that may just have gone.
        Assert.InRange(scrape["flymq_process_open_fds"], ProcessFacts.OpenHandles(broker.Pid) - 5, ProcessFacts.OpenHandles(broker.Pid) + 5);
        Assert.Equal(ProcessFacts.MaxHandles(broker.Pid), scrape["flymq_process_max_fds"]);
        Assert.InRange(scrape["flymq_process_cpu_seconds_total"], cpu - 0.05, ProcessFacts.CpuSeconds(broker.Pid) + 0.05);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 - scrape["flymq_process_start_time_seconds"], 0.1, 120);
        var disk = new DriveInfo(broker.DataFolder);
        Assert.Equal(disk.TotalSize, scrape["flymq_storage_disk_bytes"]);
        // Others write to it too.
        Assert.InRange(scrape["flymq_storage_disk_free_bytes"], disk.AvailableFreeSpace - (2L << 30), disk.AvailableFreeSpace + (2L << 30));

        var build = Assert.Single(scrape.Of("flymq_build_info"));
        Assert.Matches("^flymq_build_info\\{version=[0-9]+\\.[0-9]+\\.[0-9]+[^,]*,commit=[0-9a-f]*,runtime=\\.NET 10[^}]*\\} 1$", build);
        Assert.True(scrape["flymq_runtime_thread_pool_threads"] >= 1);
        Assert.True(scrape["flymq_runtime_thread_pool_completed_items_total"] > 0);
        Assert.True(scrape["flymq_runtime_allocated_bytes_total"] > 0);
        Assert.InRange(scrape["flymq_runtime_heap_bytes"], 1, scrape["flymq_server_memory_bytes"]);
        Assert.Equal(3, scrape.Of("flymq_runtime_gc_collections_total").Count);
        Assert.InRange(scrape["flymq_runtime_gc_pause_seconds_total"], 0, scrape["flymq_server_uptime_seconds"]);

        var later = await Scrape.OfAsync(broker.MetricsPort);
        Assert.True(later["flymq_runtime_allocated_bytes_total"] > scrape["flymq_runtime_allocated_bytes_total"], "a scrape allocates something");
        Assert.True(later["flymq_process_cpu_seconds_total"] > scrape["flymq_process_cpu_seconds_total"]);
        Assert.Equal(scrape["flymq_process_start_time_seconds"], later["flymq_process_start_time_seconds"]);
    }

    [Fact]
    public async Task A_batch_that_is_sent_twice_and_a_connection_too_many_are_counted()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync(("network.max_connections", "3"));
        using var client = await TopicAsync(broker);
        var before = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(0, before["flymq_producers_active"]);
        Assert.Empty(before.Of("flymq_topic_producers_active"));

        var first = Frames.IdempotentBatch(4711, 0, 0, new byte[100]);
        await ProduceAsync(client, first);
        await ProduceAsync(client, first);
        await ProduceAsync(client, Frames.IdempotentBatch(4711, 0, 5, new byte[100]));
        await ProduceAsync(client, Frames.IdempotentBatch(4711, 2, 0, new byte[100]));
        await ProduceAsync(client, Frames.IdempotentBatch(4711, 1, 0, new byte[100]));
        await ProduceAsync(client, Frames.IdempotentBatch(4712, 0, 0, new byte[100]));
        // Both ends of a move are counted, but not at one moment: until all is settled they may differ.
        await UntilAsync(broker, s => s["flymq_storage_unsettled_bytes"] == 0);
        var after = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(1, after["flymq_producer_duplicates_total"]);
        Assert.Equal(1, after["flymq_producer_rejections_total", ("reason", "out_of_order_sequence")]);
        Assert.Equal(1, after["flymq_producer_rejections_total", ("reason", "fenced_epoch")]);
        Assert.Equal(2, after["flymq_producers_active"]);
        Assert.Equal(2, after["flymq_topic_producers_active", ("topic", Topic)]);
        // The duplicate and the two that were refused are not there.
        Assert.Equal(3, after["flymq_topic_messages_total", Partition]);
        Assert.Equal(0, after["flymq_storage_flush_queue_records"]);
        Assert.Equal(0, after["flymq_storage_unflushed_bytes"]);
        Assert.Equal(0, after["flymq_storage_unflushed_age_seconds"]);
        Assert.Equal(3, after["flymq_storage_journal_records_written_total"] - before["flymq_storage_journal_records_written_total"]);
        // Each was waited for before the next was sent, and is a page.
        Assert.Equal(3, after["flymq_storage_journal_rounds_total"] - before["flymq_storage_journal_rounds_total"]);
        Assert.Equal(3 * 4096, after["flymq_storage_journal_bytes_written_total"] - before["flymq_storage_journal_bytes_written_total"]);
        Assert.Equal(after["flymq_storage_sync_latency_seconds_count"], after["flymq_storage_journal_rounds_total"]);
        Assert.Equal(after["flymq_storage_bytes_written_total", Partition], after["flymq_storage_settled_bytes_total"]);

        Assert.Equal(3, after["flymq_server_connections_limit"]);
        Assert.Equal(0, after["flymq_server_connections_refused_total", ("reason", "max_connections")]);
        using var second = await ServedAsync(broker);
        using var third = await ServedAsync(broker);
        using (var refused = await RawConnection.OpenAsync(broker.Port, Cancel))
        {
            Assert.True(await refused.DrainAsync(TimeSpan.FromSeconds(20), Cancel), "a fourth connection was let in");
        }

        var full = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(1, full["flymq_server_connections_refused_total", ("reason", "max_connections")]);
        Assert.Equal(0, full["flymq_server_connections_refused_total", ("reason", "max_connections_per_ip")]);

        // Somebody waits for records: a request that is not answered.
        await third.SendAsync(LongPoll(), Cancel);
        await UntilAsync(broker, s => s["flymq_requests_in_flight"] == 1);
        Assert.Equal(0, full["flymq_requests_waiting"]);
        Assert.Equal(0, full["flymq_request_memory_bytes"]);
        Assert.Equal(256L << 20, full["flymq_request_memory_limit_bytes"]);
    }

    [Fact]
    public async Task A_damaged_log_is_an_offline_partition_and_a_start_tells_how_it_went()
    {
        SuiteEnvironment.OnlyFlyMQ();
        // Large enough that no checkpoint comes before the end, and that its replay takes longer than a page.
        const int batches = 300;
        await using var broker = await StartAsync(("storage.journal_bytes", "1073741824"), ("storage.sync", "none"));
        long bytes;
        using (var client = await TopicAsync(broker))
        {
            for (var i = 0; i < batches; i++)
            {
                await ProduceAsync(client, Frames.Batch(new byte[1_000_000]));
            }

            var healthy = await Scrape.OfAsync(broker.MetricsPort);
            Assert.Equal(healthy["flymq_topic_partitions", ("topic", Topic)], healthy["flymq_partitions_hosted"]);
            Assert.Equal(healthy["flymq_partitions_hosted"], healthy["flymq_partitions_led"]);
            Assert.Equal((0, 0, 0), (healthy["flymq_partitions_offline"], healthy["flymq_partitions_under_replicated"], healthy["flymq_partitions_under_min_isr"]));
            Assert.Equal((1, 0), (healthy["flymq_storage_recovery_ratio"], healthy["flymq_storage_recovery_replayed_bytes"]));
            bytes = (long)healthy["flymq_topic_bytes_total", Partition];
            await broker.KillAsync();
        }

        using var over = new CancellationTokenSource();
        var watching = WatchAsync(broker, over.Token);
        await broker.StartAgainAsync();
        var recovered = await Scrape.OfAsync(broker.MetricsPort);
        await over.CancelAsync();
        var pages = await watching;
        Assert.Equal(1, recovered["flymq_storage_recovery_ratio"]);
        Assert.InRange(recovered["flymq_storage_recovery_replayed_bytes"], 1, bytes);
        Assert.InRange(recovered["flymq_storage_recovery_replayed_journal_records"], 1, batches);
        Assert.InRange(recovered["flymq_storage_recovery_seconds"], 0.001, 60);
        Assert.Equal(bytes, recovered["flymq_topic_bytes_total", Partition]);
        // While it recovered there was a page already, of what was known.
        Assert.Contains(pages, p => p.Find("flymq_storage_recovery_seconds") is null && p["flymq_storage_recovery_ratio"] < 1 && p.Of("flymq_build_info").Count == 1);

        Assert.Equal(0, await broker.StopAsync());
        var segment = Directory.GetFiles(Path.Combine(broker.DataFolder, "topics", $"{Topic}-0"), "*.log")[0];
        await using (var file = File.OpenWrite(segment))
        {
            file.SetLength(1000);
        }

        await broker.StartAgainAsync();
        var damaged = await Scrape.OfAsync(broker.MetricsPort);
        Assert.Equal(1, damaged["flymq_partitions_offline"]);
        Assert.Equal(damaged["flymq_partitions_hosted"], damaged["flymq_partitions_led"]);
        Assert.Equal((0, 0), (damaged["flymq_partitions_under_replicated"], damaged["flymq_partitions_under_min_isr"]));
    }

    private static Task<BrokerProcess> StartAsync(params (string Key, string Value)[] settings) =>
        BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = settings.ToDictionary(s => s.Key, s => s.Value) });

    private static async Task<RawConnection> TopicAsync(BrokerProcess broker)
    {
        var connection = await RawConnection.OpenAsync(broker.Port, Cancel);
        await connection.SendAsync(Frames.MetadataOf(1, Topic), Cancel);
        await connection.ReceiveAsync(Cancel);
        return connection;
    }

    private static async Task ProduceAsync(RawConnection connection, byte[] batch)
    {
        await connection.SendAsync(Frames.ProduceTo(1, Topic, 0, Frames.AcksAll, batch), Cancel);
        await connection.ReceiveAsync(Cancel);
    }

    private static async Task<RawConnection> ServedAsync(BrokerProcess broker)
    {
        var connection = await RawConnection.OpenAsync(broker.Port, Cancel);
        await connection.SendAsync(Frames.ApiVersions(1), Cancel);
        await connection.ReceiveAsync(Cancel);
        return connection;
    }

    private static byte[] LongPoll() =>
        Frames.Header(Frames.Fetch, 4, 1)
            .Int32(-1).Int32(600_000).Int32(1).Int32(1 << 20).Int8(0)
            .Int32(1).String(Topic).Int32(1)
            .Int32(0).Int64(3).Int32(1 << 20)
            .ToFrame();

    private static Task UntilAsync(BrokerProcess broker, Func<Scrape, bool> reached) =>
        Scenarios.Until.TrueAsync("the metrics say so", async () => reached(await Scrape.OfAsync(broker.MetricsPort)), TimeSpan.FromSeconds(30));

    private static async Task<List<Scrape>> WatchAsync(BrokerProcess broker, CancellationToken until)
    {
        var pages = new List<Scrape>();
        using var http = new HttpClient();
        while (!until.IsCancellationRequested)
        {
            try
            {
                pages.Add(Scrape.Parse(await http.GetStringAsync($"http://127.0.0.1:{broker.MetricsPort}/metrics", CancellationToken.None)));
            }
            catch (HttpRequestException)
            {
                // Not there yet.
            }

            await Task.Delay(2, CancellationToken.None);
        }

        return pages;
    }
}

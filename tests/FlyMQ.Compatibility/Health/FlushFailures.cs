using System.Text;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Health;

/// <summary>
/// A disk that fails a flush, file by file: what cannot be made durable is not acknowledged, the health endpoint says which part it is, and a restart on a disk that
/// works has everything that was acknowledged.
/// </summary>
public sealed class FlushFailures
{
    private const string InputOutput = "EIO";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="sync">With commit a flush is the write itself (O_DSYNC), with interval an fdatasync behind it.</param>
    /// <param name="calls">Which fail.</param>
    [Theory, InlineData("commit", "pwrite64,pwritev,pwritev2"), InlineData("interval", "fsync,fdatasync")]
    public async Task A_journal_that_cannot_be_flushed_acknowledges_nothing_more_and_asks_for_a_restart(string sync, string calls)
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync(("storage.sync", sync), ("storage.sync_interval_ms", "50"));
        using var producer = await WordProducer.OpenAsync(broker);
        await producer.ProduceAsync(records: 20);
        await HealthAnswer.UntilOkAsync(broker, "/live");
        await using (await FailingCalls.OfAsync(broker, Path.Combine(broker.DataFolder, "journal", "00000001.journal"), InputOutput, calls))
        {
            if (sync == "commit")
            {
                Assert.Equal(WordProducer.StorageError, await producer.ProduceAsync());
            }

            await producer.UntilAsync(WordProducer.StorageError);
            await ExpectStoreFailedAsync(broker);
        }

        // The disk works again, and what it did with the failed flush nobody knows: still nothing is taken.
        Assert.Equal(WordProducer.StorageError, await producer.ProduceAsync());
        await ExpectStoreFailedAsync(broker);
        await producer.VerifyAsync(broker);

        await broker.StopAsync();
        // With interval an acknowledgement does not wait for the disk: what came last before the failure may be gone with it.
        await ExpectAllIsWellAfterAStartAsync(broker, producer, sync == "commit" ? int.MaxValue : 20);
    }

    [Fact]
    public async Task A_segment_that_cannot_be_flushed_asks_for_a_restart_and_nothing_is_lost()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync(("storage.journal_file_bytes", "1048576"), ("storage.journal_bytes", "2097152"));
        using var producer = await WordProducer.OpenAsync(broker, valueBytes: 100_000);
        await producer.ProduceAsync(records: 3);
        await using (await FailingCalls.OfAsync(broker, Path.Combine(broker.DataFolder, "topics", $"{WordProducer.Topic}-0", $"{0:D20}.log"), InputOutput, "fsync,fdatasync"))
        {
            // The journal is small, so that a checkpoint is soon due, which flushes the segments.
            await producer.UntilAsync(WordProducer.StorageError);
            await ExpectStoreFailedAsync(broker);
        }

        await broker.StopAsync();
        await ExpectAllIsWellAfterAStartAsync(broker, producer);
    }

    [Fact]
    public async Task A_probe_that_cannot_be_flushed_is_not_ready_and_no_reason_to_restart_until_it_can()
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync();
        using var producer = await WordProducer.OpenAsync(broker);
        await HealthAnswer.UntilOkAsync(broker, "/ready");
        await using (await FailingCalls.OfAsync(broker, Path.Combine(broker.DataFolder, ".health"), InputOutput))
        {
            await HealthAnswer.UntilFailedAsync(broker, "/ready", "storage_failed");
            Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
            var checks = (await HealthAnswer.OfAsync(broker, "/health"))!.Json()["checks"]!;
            Assert.Equal(("unhealthy", "storage_failed"), ((string?)checks["storage"]!["status"], (string?)checks["storage"]!["reason"]));
            Assert.Equal("healthy", (string?)checks["journal"]!["status"]);
            // Only the probe met the fault.
            await producer.ProduceAsync(records: 5);
        }

        await HealthAnswer.UntilOkAsync(broker, "/ready");
        await HealthAnswer.UntilOkAsync(broker, "/health");
        await producer.VerifyAsync(broker);
    }

    /// <param name="file">Entries, their places, and how far they are committed.</param>
    [Theory, InlineData("data/0"), InlineData("metadata/0"), InlineData("checkpoint")]
    public async Task A_metadata_log_that_cannot_be_flushed_acknowledges_nothing_and_ends_the_broker(string file)
    {
        SuiteEnvironment.OnlyFlyMQ();
        await using var broker = await StartAsync();
        using var producer = await WordProducer.OpenAsync(broker);
        await producer.ProduceAsync(records: 20);
        using var connection = await RawConnection.OpenAsync(broker.Port, Cancel);
        await using (await FailingCalls.OfAsync(broker, Path.Combine(broker.DataFolder, "metadata", "log", file), InputOutput))
        {
            Assert.False(await IsCreatedAsync(connection, "lost"), "a topic was acknowledged that the metadata log could not flush");
            Assert.Equal(1, await broker.ExitedAsync());
        }

        Assert.Contains("The metadata log cannot go on", broker.LogTail, StringComparison.Ordinal);
        Assert.Contains("The broker cannot go on and ends", broker.LogTail, StringComparison.Ordinal);
        await ExpectAllIsWellAfterAStartAsync(broker, producer);
    }

    private static Task<BrokerProcess> StartAsync(params (string Key, string Value)[] settings) =>
        BrokerProcess.StartAsync(new BrokerSettings { FlyMQ = settings.Append(("health.probe_interval_ms", "100")).ToDictionary(s => s.Item1, s => s.Item2) });

    // Metadata creates a topic that is not there. Whoever is not answered was told nothing.
    private static async Task<bool> IsCreatedAsync(RawConnection connection, string topic)
    {
        try
        {
            var answer = await WordProducer.CreateAsync(connection, topic);
            var name = answer.AsSpan().IndexOf(Encoding.ASCII.GetBytes(topic));
            // The error stands before the name and its length.
            return name >= 4 && answer[name - 4] == 0 && answer[name - 3] == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task ExpectStoreFailedAsync(BrokerProcess broker)
    {
        await HealthAnswer.UntilFailedAsync(broker, "/live", "store_failed");
        Assert.StartsWith("store_failed: ", (await HealthAnswer.UntilAsync(broker, "/ready", a => a.Status == 503)).Body, StringComparison.Ordinal);
        var health = (await HealthAnswer.OfAsync(broker, "/health"))!;
        Assert.Equal((503, "unhealthy"), (health.Status, (string?)health.Json()["status"]));
        var checks = health.Json()["checks"]!;
        Assert.Equal(("unhealthy", "store_failed"), ((string?)checks["journal"]!["status"], (string?)checks["journal"]!["reason"]));
        Assert.Contains("Input/output error", (string?)checks["journal"]!["message"], StringComparison.Ordinal);
        // The folder itself can be written, and the metadata log is another.
        Assert.Equal("healthy", (string?)checks["storage"]!["status"]);
        Assert.Equal("healthy", (string?)checks["metadata"]!["status"]);
    }

    private static async Task ExpectAllIsWellAfterAStartAsync(BrokerProcess broker, WordProducer before, int mostBefore = int.MaxValue)
    {
        await broker.StartAgainAsync();
        await HealthAnswer.UntilOkAsync(broker, "/ready");
        await HealthAnswer.UntilOkAsync(broker, "/health");
        Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
        await before.VerifyAsync(broker, mostBefore);
        using var after = await WordProducer.OpenAsync(broker);
        await after.ProduceAsync(records: 5);
        await after.VerifyAsync(broker);
    }
}

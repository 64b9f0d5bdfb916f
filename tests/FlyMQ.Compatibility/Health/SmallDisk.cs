using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Health;

/// <summary>
/// A broker whose data folder is a file system of its own, in memory and small, which it fills. Mounted in a mount namespace that the broker alone is in, so that
/// nothing of it is left on the machine whatever happens.
/// </summary>
public sealed class SmallDisk
{
    private const int DiskMb = 128, MinFreeMb = 24, BallastMb = 64;

    // What stands before the broker: makes its folder the mount, then becomes it.
    private const string Mount = """
        for flag; do case "$flag" in --data_dir=*) folder=${flag#--data_dir=};; esac; done
        mkdir -p "$folder" && mount -t tmpfs -o size=128m flymq-test "$folder" && exec "$@"
        """;

    [Fact]
    public async Task A_disk_that_is_full_refuses_produces_is_not_ready_and_goes_on_where_there_is_room_again()
    {
        SuiteEnvironment.OnlyFlyMQ();
        var unshare = Programs.Require("unshare");
        var mount = await ProgramRun.OfAsync(unshare, ["-m", "sh", "-c", "mount -t tmpfs -o size=1m flymq-test /tmp"]);
        Assert.SkipUnless(mount.ExitCode == 0, "This user may not mount in a namespace of its own; HealthFaults fills the machine's own disk instead.");
        await using var broker = await BrokerProcess.StartAsync(new BrokerSettings
        {
            Wrapper = [unshare, "-m", "sh", "-c", Mount, "sh"],
            FlyMQ = new Dictionary<string, string>
            {
                ["storage.min_free_bytes"] = $"{MinFreeMb << 20}",
                ["storage.journal_file_bytes"] = "4194304",
                ["storage.journal_bytes"] = "8388608",
                ["health.probe_interval_ms"] = "100",
            },
        });
        Assert.False(Directory.Exists(Path.Combine(broker.DataFolder, "topics")), "the mount is seen from outside");
        // As the broker sees it.
        var folder = $"/proc/{broker.Pid}/root{broker.DataFolder}";
        Assert.InRange(new DriveInfo(folder).TotalSize, 1, DiskMb << 20);
        var ballast = Path.Combine(folder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[BallastMb << 20], TestContext.Current.CancellationToken);

        // So slowly that the reserve outlasts the half second between two looks at the free space.
        using var producer = await WordProducer.OpenAsync(broker, valueBytes: 40_000);
        await HealthAnswer.UntilOkAsync(broker, "/health");
        await producer.ProduceAsync(records: 5);
        await producer.UntilAsync(WordProducer.StorageError);
        await HealthAnswer.UntilFailedAsync(broker, "/ready", "storage_full");
        Assert.Equal(new HealthAnswer(200, "OK"), await HealthAnswer.OfAsync(broker, "/live"));
        var health = (await HealthAnswer.OfAsync(broker, "/health"))!;
        Assert.Equal((503, "unhealthy"), (health.Status, (string?)health.Json()["status"]));
        Assert.Equal("storage_full", (string?)health.Json()["checks"]!["storage"]!["reason"]);
        Assert.Equal("healthy", (string?)health.Json()["checks"]!["journal"]!["status"]);
        Assert.Equal(WordProducer.StorageError, await producer.ProduceAsync());
        await producer.VerifyAsync(broker);

        File.Delete(ballast);
        await HealthAnswer.UntilOkAsync(broker, "/ready");
        await HealthAnswer.UntilOkAsync(broker, "/health");
        await producer.UntilAsync(WordProducer.None);
        await producer.ProduceAsync(records: 5);
        await producer.VerifyAsync(broker);
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Kcat;

public sealed class KcatData : KcatTest
{
    private const string TooLarge = "Message size too large";

    [Theory]
    [InlineData(Codec.None)]
    [InlineData(Codec.Gzip)]
    [InlineData(Codec.Snappy)]
    [InlineData(Codec.Lz4)]
    [InlineData(Codec.Zstd)]
    [Covers(Feature.Codecs, Feature.Acks)]
    public async Task Every_codec_and_acks_round_trips(Codec codec)
    {
        // Not created before: the first produce of a newcomer creates its topic.
        var topic = Unique("kcat");
        List<string> sent = [];
        foreach (var acks in new[] { "1", "0", "all" })
        {
            List<string> values = [.. Enumerable.Range(0, 50).Select(n => $"{codec} acks {acks} record {n} {new string('x', 200)}")];
            await Kcat.ProduceAsync(
                topic, string.Join('\n', values), "-X", $"acks={acks}", "-X", $"compression.codec={HelperClient.CodecName(codec)}");
            sent.AddRange(values);
        }

        var read = await Kcat.ReadAsync(topic);

        // Three producers, one after the other: acks=0 may still be on its way when the next begins.
        Assert.Equal(sent.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    [Covers(Feature.RecordFields)]
    public async Task Keys_headers_timestamps_and_nulls_come_back_as_sent()
    {
        var topic = await NewTopicAsync(partitions: 2);
        await Kcat.ProduceAsync(topic, "full|value", "-K", "|", "-p", "0", "-H", "trace=abc", "-H", "trace=def", "-H", "empty");
        // -Z: an empty value is a null one.
        await Kcat.ProduceAsync(topic, "tombstone|", "-K", "|", "-p", "1", "-Z");
        await Kcat.ProduceAsync(topic, "žluťoučký 🐎", "-p", "1");

        var lines = await Kcat.ReadAsync(topic, "%p:%o %K:%k %S:%s [%h] %T");

        var records = lines.Select(line => line[..line.LastIndexOf(' ')]).Order(StringComparer.Ordinal);
        Assert.Equal(["0:0 4:full 5:value [trace=abc,trace=def,empty=NULL]", "1:0 9:tombstone -1: []", $"1:1 -1: {Encoding.UTF8.GetByteCount("žluťoučký 🐎")}:žluťoučký 🐎 []"], records);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.All(lines, line => Assert.InRange(long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), now - 60_000, now));
    }

    [Fact]
    [Covers(Feature.ManyRecords)]
    public async Task A_hundred_thousand_records_come_back_once_and_in_order()
    {
        const int count = 100_000;
        const int keys = 97;
        var topic = await NewTopicAsync(partitions: 4);
        StringBuilder input = new();
        for (var n = 0; n < count; n++)
        {
            input.Append(CultureInfo.InvariantCulture, $"k{n % keys}|{n}\n");
        }

        await Kcat.ProduceAsync(topic, input.ToString(), "-K", "|", "-X", "compression.codec=lz4", "-X", "acks=all");

        var lines = await Kcat.ReadAsync(topic, "%p|%o|%k|%s");
        List<TestRecord> read = [.. lines.Select(Parse)];
        RecordAudit.AssertReadInOffsetOrder(read);
        RecordAudit.AssertExactlyOnceInOrder(read, count, keys);
    }

    [Fact]
    [Covers(Feature.Idempotence)]
    public async Task An_idempotent_producer_writes_each_record_once_and_in_order()
    {
        const int count = 5_000;
        var topic = await NewTopicAsync();

        await Kcat.ProduceAsync(
            topic, string.Join('\n', Enumerable.Range(0, count)), "-X", "enable.idempotence=true", "-X", "batch.num.messages=100");

        Assert.Equal(Enumerable.Range(0, count).Select(n => $"{n}"), await Kcat.ReadAsync(topic));
    }

    [Fact]
    [Covers(Feature.LargeRecords)]
    public async Task A_record_of_900_000_bytes_passes_at_defaults()
    {
        var topic = await NewTopicAsync();
        await WithFilesAsync([900_000], async (folder, files) =>
        {
            (await Kcat.RunAsync(["-P", "-t", topic, .. files], folder: folder)).Succeeded();
            var read = (await Kcat.RunAsync(["-C", "-t", topic, "-o", "beginning", "-e", "-f", "%s"])).Succeeded();
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, files[0])), read.OutputBytes);
        });
    }

    [Fact]
    [Covers(Feature.LargeRecords)]
    public async Task Four_megabytes_pass_when_topic_and_client_allow_them()
    {
        var topic = await NewTopicAsync();
        await Admin.AlterTopicConfigsAsync(topic, new Dictionary<string, string> { ["max.message.bytes"] = "5000000" });
        await WithFilesAsync([4 << 20], async (folder, files) =>
        {
            (await Kcat.RunAsync(["-P", "-t", topic, "-X", "message.max.bytes=8000000", .. files], folder: folder)).Succeeded();
            var read = (await Kcat.RunAsync(["-C", "-t", topic, "-o", "beginning", "-e", "-f", "%s"])).Succeeded();
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, files[0])), read.OutputBytes);
        });
    }

    [Fact]
    [Covers(Feature.TooLargeRecords)]
    public async Task A_record_above_the_topics_limit_is_refused_and_the_connection_lives()
    {
        var topic = await NewTopicAsync();
        await WithFilesAsync([20, 4 << 20, 30], async (folder, files) =>
        {
            // One record a batch and one request at a time: the third goes over the connection that carried the refusal.
            var run = await Kcat.RunAsync(
                ["-P", "-t", topic, "-X", "message.max.bytes=8000000", "-X", "batch.num.messages=1", "-X", "max.in.flight=1", .. files],
                folder: folder);

            Assert.Equal(1, run.Error.Split(TooLarge).Length - 1);
            Assert.DoesNotContain("Disconnected", run.Error, StringComparison.OrdinalIgnoreCase);
        });
        Assert.Equal(["20", "30"], await Kcat.ReadAsync(topic, "%S"));
    }

    [Fact]
    [Covers(Feature.OffsetsForTimes)]
    public async Task Offsets_are_found_by_time()
    {
        var topic = await NewTopicAsync();
        await Kcat.ProduceAsync(topic, "a\nb\nc");
        var first = await ReadTimestampAsync(topic, 0);
        await Until.TrueAsync("the clock has gone on", () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() > first + 5);
        await Kcat.ProduceAsync(topic, "d\ne");
        var fourth = await ReadTimestampAsync(topic, 3);

        Assert.Equal(0, await QueryAsync(topic, -2));
        Assert.Equal(5, await QueryAsync(topic, -1));
        Assert.Equal(0, await QueryAsync(topic, first - 1_000));
        Assert.Equal(3, await QueryAsync(topic, fourth));
        Assert.Equal(-1, await QueryAsync(topic, fourth + 1_000_000));
        Assert.Equal(["d", "e"], await Kcat.ReadAsync(topic, "%s", "-o", $"s@{fourth}"));
    }

    [Fact]
    [Covers(Feature.DescribeTopics, Feature.ClusterInfo)]
    public async Task Metadata_lists_brokers_topics_and_partitions()
    {
        var topic = await NewTopicAsync(partitions: 3);

        var run = (await Kcat.RunAsync(["-L", "-J"])).Succeeded();

        var metadata = JsonNode.Parse(run.Output)!;
        var broker = Assert.Single(metadata["brokers"]!.AsArray())!;
        Assert.Equal(Broker.Address, broker["name"]!.GetValue<string>());
        var listed = metadata["topics"]!.AsArray().Single(entry => entry!["topic"]!.GetValue<string>() == topic)!;
        var partitions = listed["partitions"]!.AsArray().OrderBy(partition => partition!["partition"]!.GetValue<int>()).ToList();
        Assert.Equal([0, 1, 2], partitions.Select(partition => partition!["partition"]!.GetValue<int>()));
        Assert.All(partitions, partition =>
        {
            Assert.Equal(broker["id"]!.GetValue<int>(), partition!["leader"]!.GetValue<int>());
            Assert.Single(partition["replicas"]!.AsArray());
            Assert.Single(partition["isrs"]!.AsArray());
        });
    }

    [Fact]
    [Covers(Feature.TransactionsRefused)]
    public async Task A_transactional_producer_fails_at_once()
    {
        Brokers.SuiteEnvironment.OnlyFlyMQ();
        var topic = await NewTopicAsync();

        var run = await Kcat.RunAsync(["-P", "-t", topic, "-X", "transactional.id=none"], "never\n"u8.ToArray());

        Assert.NotEqual(0, run.ExitCode);
        Assert.Empty(await Kcat.ReadAsync(topic));
    }

    private async Task<long> ReadTimestampAsync(string topic, long offset) =>
        long.Parse((await Kcat.ReadAsync(topic, "%T", "-o", $"{offset}", "-c", "1"))[0], CultureInfo.InvariantCulture);

    // kcat answers "topic [0] offset 3".
    private async Task<long> QueryAsync(string topic, long timestamp)
    {
        var run = (await Kcat.RunAsync(["-Q", "-t", $"{topic}:0:{timestamp}"])).Succeeded();
        return long.Parse(run.Output[(run.Output.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Files of random bytes: kcat sends each file it is given as one record.</summary>
    private static async Task WithFilesAsync(int[] sizes, Func<string, string[], Task> use)
    {
        var folder = Directory.CreateTempSubdirectory("flymq-kcat-");
        try
        {
            foreach (var size in sizes)
            {
                var bytes = new byte[size];
                new Random(size).NextBytes(bytes);
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{size}"), bytes);
            }

            await use(folder.FullName, [.. sizes.Select(size => $"{size}")]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TestRecord Parse(string line)
    {
        var parts = line.Split('|');
        return TestRecord.Of(parts[2], parts[3]) with
        {
            Partition = int.Parse(parts[0], CultureInfo.InvariantCulture),
            Offset = long.Parse(parts[1], CultureInfo.InvariantCulture),
        };
    }
}

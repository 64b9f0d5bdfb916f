using System.Text;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Producing and reading back.</summary>
public abstract class DataScenarios : ClientScenarios
{
    private const int Megabyte = 1 << 20;

    [Theory]
    [InlineData(Codec.None)]
    [InlineData(Codec.Gzip)]
    [InlineData(Codec.Snappy)]
    [InlineData(Codec.Lz4)]
    [InlineData(Codec.Zstd)]
    [Covers(Feature.Codecs, Feature.Acks)]
    public async Task Every_codec_and_acks_round_trips(Codec codec)
    {
        var topic = await NewTopicAsync();
        List<string> sent = [];
        foreach (var acks in new[] { 0, 1, -1 })
        {
            List<string> values = [.. Enumerable.Range(0, 50).Select(n => $"{codec} acks {acks} record {n} {new string('x', 200)}")];
            await ProduceAsync(topic, [.. values.Select(value => TestRecord.Of("key", value))], new ProducerSettings { Acks = acks, Codec = codec });
            sent.AddRange(values);
        }

        var read = await Client.ReadAsync(topic, sent.Count, ReadLimit);

        // Three producers, one after the other: acks=0 may still be on its way when the next begins.
        Assert.Equal(sent.Order(), read.Select(record => record.ValueText!).Order());
        Assert.Equal(Enumerable.Range(0, sent.Count).Select(n => (long)n), read.Select(record => record.Offset));
    }

    [Fact]
    [Covers(Feature.RecordFields)]
    public async Task Keys_headers_timestamps_and_nulls_come_back_as_sent()
    {
        var topic = await NewTopicAsync(partitions: 3);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        TestRecord[] sent =
        [
            TestRecord.Of("full", "value") with
            {
                Partition = 0,
                Timestamp = now - 86_400_000,
                Headers = [("trace", "abc"u8.ToArray()), ("trace", "def"u8.ToArray()), ("bytes", [0, 255, 128])],
            },
            TestRecord.Of("tombstone", null) with { Partition = 1, Timestamp = now },
            TestRecord.Of(null, "no key: žluťoučký 🐎") with { Partition = 2, Timestamp = now - 1 },
            TestRecord.Of("", "") with { Partition = 2, Timestamp = now - 2 },
        ];
        await ProduceAsync(topic, sent);

        var read = (await Client.ReadAsync(topic, sent.Length, ReadLimit)).OrderBy(record => record.Partition).ThenBy(record => record.Offset);

        Assert.Equal(sent.Select(Describe), read.Select(Describe));
    }

    [Fact]
    [Covers(Feature.ManyRecords)]
    public async Task A_hundred_thousand_records_come_back_once_and_in_order()
    {
        const int count = 100_000;
        const int keys = 97;
        var topic = await NewTopicAsync(partitions: 4);
        await using (var producer = await Client.OpenProducerAsync(new ProducerSettings { Codec = Codec.Lz4 }))
        {
            await producer.SendManyAsync(topic, count, keys);
        }

        var read = await Client.ReadAsync(topic, count, TimeSpan.FromSeconds(100));

        RecordAudit.AssertExactlyOnceInOrder(read, count, keys);
        for (var partition = 0; partition < 4; partition++)
        {
            Assert.Equal(read.Count(record => record.Partition == partition), await Client.LatestOffsetAsync(topic, partition));
        }
    }

    [Fact]
    [Covers(Feature.LargeRecords)]
    public async Task A_record_of_900_000_bytes_passes_at_defaults()
    {
        var topic = await NewTopicAsync();
        var value = Payload(900_000);

        await ProduceAsync(topic, [new TestRecord(null, value)]);

        Assert.Equal(value, Assert.Single(await Client.ReadAsync(topic, 1, ReadLimit)).Value);
    }

    [Fact]
    [Covers(Feature.LargeRecords)]
    public async Task Four_megabytes_pass_when_topic_and_client_allow_them()
    {
        var topic = await NewTopicAsync(configs: new Dictionary<string, string> { ["max.message.bytes"] = $"{5 * Megabyte}" });
        var value = Payload(4 * Megabyte);

        await ProduceAsync(topic, [new TestRecord(null, value)], new ProducerSettings { MaxRequestBytes = 8 * Megabyte });

        Assert.Equal(value, Assert.Single(await Client.ReadAsync(topic, 1, ReadLimit)).Value);
    }

    [Fact]
    [Covers(Feature.TooLargeRecords)]
    public async Task A_record_above_the_topics_limit_is_refused_and_the_connection_lives()
    {
        var topic = await NewTopicAsync();
        await using var producer = await Client.OpenProducerAsync(new ProducerSettings { MaxRequestBytes = 8 * Megabyte });
        await producer.SendAsync(topic, [TestRecord.Of(null, "before")]);

        var refused = await Assert.ThrowsAsync<ClientError>(() => producer.SendAsync(topic, [new TestRecord(null, Payload(4 * Megabyte))]));

        Assert.Equal(ClientError.MessageTooLarge, refused.Code);
        await producer.SendAsync(topic, [TestRecord.Of(null, "after")]);
        Assert.Equal(["before", "after"], (await Client.ReadAsync(topic, 2, ReadLimit)).Select(record => record.ValueText));
    }

    [Fact]
    [Covers(Feature.OffsetsForTimes)]
    public async Task Offsets_are_found_by_time()
    {
        var topic = await NewTopicAsync();
        var start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 1_000_000;
        for (var n = 0; n < 5; n++)
        {
            // One batch each, so that the search is not answered by a batch's first record.
            await ProduceAsync(topic, [TestRecord.Of(null, $"{n}a") with { Timestamp = start + n * 1000 }, TestRecord.Of(null, $"{n}b") with { Timestamp = start + n * 1000 + 500 }]);
        }

        Assert.Equal(0, await Client.EarliestOffsetAsync(topic, 0));
        Assert.Equal(10, await Client.LatestOffsetAsync(topic, 0));
        Assert.Equal(0, await Client.OffsetForTimeAsync(topic, 0, start - 10));
        Assert.Equal(4, await Client.OffsetForTimeAsync(topic, 0, start + 2000));
        Assert.Equal(5, await Client.OffsetForTimeAsync(topic, 0, start + 2001));
        Assert.Null(await Client.OffsetForTimeAsync(topic, 0, start + 100_000));
    }

    [Fact]
    [Covers(Feature.RecreatedTopics)]
    public async Task A_recreated_topic_shows_nothing_of_the_old_one()
    {
        var topic = await NewTopicAsync();
        await ProduceAsync(topic, [.. Enumerable.Range(0, 20).Select(n => TestRecord.Of("old", $"{n}"))]);
        Assert.Equal(20, (await Client.ReadAsync(topic, 20, ReadLimit)).Count);

        await Client.DeleteTopicAsync(topic);
        await Until.TrueAsync("the topic is gone", async () => !(await Client.ListTopicsAsync()).Contains(topic));
        await Until.SucceedsAsync("the topic can be created again", [ClientError.TopicAlreadyExists], () => Client.CreateTopicAsync(topic, 1));
        await ProduceAsync(topic, [TestRecord.Of("new", "first")]);

        var record = Assert.Single(await Client.ReadAsync(topic, 1, ReadLimit));
        Assert.Equal(("new", "first", 0L), (record.KeyText, record.ValueText, record.Offset));
    }

    private static byte[] Payload(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static string Describe(TestRecord record)
    {
        static string Show(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);
        StringBuilder text = new();
        text.Append($"{record.Partition} {Show(record.Key)} {Show(record.Value)} at {record.Timestamp}");
        foreach (var (name, value) in record.Headers)
        {
            text.Append($" {name}={Show(value)}");
        }

        return text.ToString();
    }
}

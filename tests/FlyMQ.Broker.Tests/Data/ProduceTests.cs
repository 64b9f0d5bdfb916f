using System.Buffers;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Records;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Data;

public sealed class ProduceTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Without_acks_an_error_closes_the_connection_and_has_no_answer(int valueBytes)
    {
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Produce("there-is-none", Batches.OfSize(valueBytes), acks: 0), 12);
        await client.IsClosedAsync();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task Behind_an_error_without_acks_nothing_more_is_served_and_what_was_before_it_is_answered(int valueBytes)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"before-the-error-{valueBytes}";
        await client.CreateAsync(topic);
        var (before, correlationId) = client.Encode(Produce(topic, Batches.Of("before")), 12);
        var (failing, _) = client.Encode(Produce("there-is-none", Batches.OfSize(valueBytes), acks: 0), 12);
        var (behind, _) = client.Encode(Produce(topic, Batches.Of("behind")), 12);
        await client.SendBytesAsync(new[] { before, failing, behind }.SelectMany(b => b).ToArray());
        Assert.Equal(ErrorCode.None, (await client.ReceiveAsync<ProduceResponse>(correlationId, 12)).Responses[0].PartitionResponses[0].ErrorCode);
        await client.IsClosedAsync();
        await using var other = await broker.ConnectAsync();
        Assert.Equal(["before"], (await other.FetchAsync(Fetch(topic, 0))).Values());
    }

    [Fact]
    public async Task Without_acks_there_is_no_answer_and_the_records_are_there()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("no-acks");
        await client.SendAsync(Produce("no-acks", Batches.Of("a"), acks: 0), 12);
        // The next answer is the fetch's: the correlation id says so.
        var waiting = Fetch("no-acks", 0);
        (waiting.MinBytes, waiting.MaxWaitMs) = (1, 10_000);
        Assert.Equal(["a"], (await client.FetchAsync(waiting)).Values());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_answer_names_the_first_records_offset_and_the_logs_start(short acks)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"answered-{acks}";
        await client.CreateAsync(topic);
        await client.AppendAsync(topic, Batches.Of("a", "b"));
        var answer = await client.ProduceAsync(topic, Batches.Of("c"), acks: acks);
        Assert.Equal((ErrorCode.None, 2L, 0L, -1L), (answer.ErrorCode, answer.BaseOffset, answer.LogStartOffset, answer.LogAppendTimeMs));
    }

    [Fact]
    public async Task With_append_times_the_answer_names_the_time()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("append-times", 1, ("message.timestamp.type", "LogAppendTime"));
        var before = Batches.NowMs();
        var answer = await client.ProduceAsync("append-times", Batches.At(1000));
        Assert.InRange(answer.LogAppendTimeMs, before, Batches.NowMs());
    }

    [Fact]
    public async Task Two_batches_in_one_partition_are_refused_and_neither_is_kept()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("two-batches");
        var answer = await client.ProduceAsync("two-batches", [.. Batches.Of("a"), .. Batches.Of("b")]);
        Assert.Equal((ErrorCode.InvalidRecord, -1L), (answer.ErrorCode, answer.BaseOffset));
        Assert.NotEmpty(answer.ErrorMessage!);
        Assert.Equal(0, await client.AppendAsync("two-batches", Batches.Of("c")));
    }

    [Fact]
    public async Task A_partition_without_records_is_refused()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("nothing-in-it");
        Assert.Equal(ErrorCode.InvalidRecord, (await client.ProduceAsync("nothing-in-it", [])).ErrorCode);
    }

    [Theory]
    [InlineData(3, ErrorCode.UnsupportedCompressionType)]
    [InlineData(6, ErrorCode.UnsupportedCompressionType)]
    [InlineData(7, ErrorCode.None)]
    [InlineData(12, ErrorCode.None)]
    public async Task Zstd_is_taken_from_version_7_on(short version, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync($"zstd-{version}");
        Assert.Equal(expected, (await client.ProduceAsync($"zstd-{version}", Batches.Compressed(CompressionType.Zstd), version: version)).ErrorCode);
    }

    [Fact]
    public async Task Bytes_that_changed_on_their_way_are_a_corrupt_message()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("corrupt");
        var batch = Batches.Of("a");
        batch[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, (await client.ProduceAsync("corrupt", batch)).ErrorCode);
        Assert.Equal(0, await client.AppendAsync("corrupt", Batches.Of("a")));
    }

    [Fact]
    public async Task Records_that_are_refused_are_named_one_by_one_from_version_8_on()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("compacted", 1, ("cleanup.policy", "compact"));
        using var builder = new RecordBatchBuilder();
        var now = Batches.NowMs();
        var batch = builder.Append(now, "k"u8.ToArray(), [1]).Append(now, null, [2]).Append(now, "k"u8.ToArray(), [3]).Append(now, null, [4]).Build();

        var answer = await client.ProduceAsync("compacted", batch, version: 8);
        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.NotEmpty(answer.ErrorMessage!);
        Assert.Equal([1, 3], answer.RecordErrors.Select(e => e.BatchIndex));
        Assert.All(answer.RecordErrors, e => Assert.NotEmpty(e.BatchIndexErrorMessage!));

        var old = await client.ProduceAsync("compacted", batch, version: 7);
        Assert.Equal((ErrorCode.InvalidRecord, null, 0), (old.ErrorCode, old.ErrorMessage, old.RecordErrors.Count));
        // The whole batch is refused for them.
        Assert.Equal(0, await client.AppendAsync("compacted", Batches.Of("with a key")));
    }

    [Fact]
    public async Task A_time_out_of_bounds_is_named_with_its_record()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("bounded", 1, ("message.timestamp.before.max.ms", "60000"));
        var answer = await client.ProduceAsync("bounded", Batches.At(Batches.NowMs(), Batches.NowMs() - 600_000));
        Assert.Equal(ErrorCode.InvalidTimestamp, answer.ErrorCode);
        Assert.Equal(1, Assert.Single(answer.RecordErrors).BatchIndex);
    }

    [Fact]
    public async Task A_batch_above_the_topics_limit_is_too_large()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("small-messages", 1, ("max.message.bytes", "1000"));
        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("small-messages", Batches.OfSize(1000))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("small-messages", Batches.OfSize(800))).ErrorCode);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task Acks_are_minus_1_or_0_or_1(short acks)
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync($"acks-of-{acks}");
        Assert.Equal(ErrorCode.InvalidRequiredAcks, (await client.ProduceAsync($"acks-of-{acks}", Batches.Of("a"), acks: acks)).ErrorCode);
    }

    [Fact]
    public async Task A_topic_or_partition_that_does_not_exist_is_unknown_and_is_not_created()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ProduceAsync("nowhere", Batches.Of("a"))).ErrorCode);
        Assert.Null(broker.Metadata.Image.TopicOrNull("nowhere"));
        await client.CreateAsync("one-partition");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ProduceAsync("one-partition", Batches.Of("a"), partition: 1)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.ProduceAsync("one-partition", Batches.Of("a"), partition: -1)).ErrorCode);
    }

    [Fact]
    public async Task An_id_that_no_topic_has_is_unknown()
    {
        await using var client = await broker.ConnectAsync();
        var known = await client.CreateAsync("by-id");
        async Task<ErrorCode> ErrorOf(Guid id, int partition)
        {
            var request = Produce("", Batches.Of("a"), partition);
            request.TopicData[0].TopicId = id;
            return (await client.AskAsync(request, 13)).Responses[0].PartitionResponses[0].ErrorCode;
        }

        Assert.Equal(ErrorCode.None, await ErrorOf(known, 0));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(known, 1));
        Assert.Equal(ErrorCode.UnknownTopicId, await ErrorOf(Guid.NewGuid(), 0));
        Assert.Equal(ErrorCode.UnknownTopicId, await ErrorOf(Guid.Empty, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Versions_of_the_old_message_formats_are_refused_in_their_own_words(short version)
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync($"old-{version}");
        var answer = await client.ProduceAsync($"old-{version}", Batches.Of("a"), version: version);
        Assert.Equal((ErrorCode.UnsupportedForMessageFormat, -1L), (answer.ErrorCode, answer.BaseOffset));
        Assert.Equal(0, await client.AppendAsync($"old-{version}", Batches.Of("a")));
    }

    [Fact]
    public async Task Nobody_writes_to_a_topic_of_the_brokers_own()
    {
        await using var client = await broker.ConnectAsync();
        await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = ["group"] });
        Assert.Equal(ErrorCode.InvalidTopicException, (await client.ProduceAsync("__consumer_offsets", Batches.Of("a"))).ErrorCode);
    }

    [Fact]
    public async Task A_transactional_id_is_refused_for_good()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("transactional");
        var request = Produce("transactional", Batches.Of("a"));
        request.TransactionalId = "t";
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, (await client.AskAsync(request, 12)).Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task Partitions_succeed_and_fail_each_for_itself()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("mixed", partitions: 2);
        ProduceRequest.PartitionProduceData To(int partition) => new() { Index = partition, Records = new ReadOnlySequence<byte>(Batches.Of("a")) };
        var request = new ProduceRequest
        {
            Acks = -1, TimeoutMs = 10_000, TopicData = [new() { Name = "mixed", PartitionData = [To(1), To(9), To(0)] }, new() { Name = "unmixed", PartitionData = [To(0)] }],
        };

        var response = await client.AskAsync(request, 12);

        Assert.Equal(["mixed", "unmixed"], response.Responses.Select(t => t.Name));
        Assert.Equal(
            [(1, ErrorCode.None), (9, ErrorCode.UnknownTopicOrPartition), (0, ErrorCode.None)],
            response.Responses[0].PartitionResponses.Select(p => (p.Index, p.ErrorCode)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, response.Responses[1].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task A_batch_sent_twice_is_appended_once_and_a_gap_is_refused()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("idempotent");
        Assert.Equal(0, await client.AppendAsync("idempotent", Batches.OfProducer(500, 0, 0, records: 3)));
        Assert.Equal(3, await client.AppendAsync("idempotent", Batches.OfProducer(500, 0, 3)));
        Assert.Equal(0, await client.AppendAsync("idempotent", Batches.OfProducer(500, 0, 0, records: 3)));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await client.ProduceAsync("idempotent", Batches.OfProducer(500, 0, 9))).ErrorCode);
        Assert.Equal(4, (await client.ListOffsetAsync("idempotent", -1)).Offset);
    }

    [Fact]
    public async Task Requests_sent_at_once_are_answered_in_their_order()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("pipelined");
        // More than may be in flight, acknowledged at once and after the flush, with requests of another kind between them.
        var frames = new List<byte>();
        var expected = new List<(int CorrelationId, bool IsProduce)>();
        for (var i = 0; i < 250; i++)
        {
            var isProduce = i % 5 != 4;
            var (frame, correlationId) = isProduce
                ? client.Encode(Produce("pipelined", Batches.Of("a"), acks: (short)(i % 2 == 0 ? -1 : 1)), 9)
                : client.Encode(new MetadataRequest { Topics = [new() { Name = "pipelined" }] }, 9);
            frames.AddRange(frame);
            expected.Add((correlationId, isProduce));
        }

        await client.SendBytesAsync(frames.ToArray());

        var offset = 0L;
        foreach (var (correlationId, isProduce) in expected)
        {
            if (isProduce)
            {
                var answer = (await client.ReceiveAsync<ProduceResponse>(correlationId, 9)).Responses[0].PartitionResponses[0];
                Assert.Equal((ErrorCode.None, offset++), (answer.ErrorCode, answer.BaseOffset));
            }
            else
            {
                await client.ReceiveAsync<MetadataResponse>(correlationId, 9);
            }
        }
    }
}

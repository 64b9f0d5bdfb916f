using System.Diagnostics;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Data;

public sealed class FetchTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_first_batch_comes_whole_whatever_the_limits_and_no_other_does(bool inSegment)
    {
        await using var client = await broker.ConnectAsync();
        var topic = await FilledAsync(client, "kip-74", inSegment);
        foreach (var request in new[] { Fetch(topic, 0, maxBytes: 1), Fetch(topic, 0, partitionMaxBytes: 1), Fetch(topic, 0, maxBytes: 0, partitionMaxBytes: 0) })
        {
            var fetched = await client.FetchAsync(request);
            Assert.Equal((ErrorCode.None, 4L), (fetched.ErrorCode, fetched.HighWatermark));
            Assert.Equal(["a", "b"], fetched.Values());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_batches_that_fit_whole_follow_the_first(bool inSegment)
    {
        await using var client = await broker.ConnectAsync();
        var topic = await FilledAsync(client, "fitting", inSegment);
        var first = (await client.FetchAsync(Fetch(topic, 0, maxBytes: 1))).Records!.Length;
        var second = (await client.FetchAsync(Fetch(topic, 2, maxBytes: 1))).Records!.Length;
        Assert.Equal(["a", "b"], (await client.FetchAsync(Fetch(topic, 0, partitionMaxBytes: first + second - 1))).Values());
        Assert.Equal(["a", "b", "c"], (await client.FetchAsync(Fetch(topic, 0, partitionMaxBytes: first + second))).Values());
        Assert.Equal(["a", "b", "c"], (await client.FetchAsync(Fetch(topic, 0, maxBytes: first + second))).Values());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_offset_inside_a_batch_brings_the_whole_batch(bool inSegment)
    {
        await using var client = await broker.ConnectAsync();
        var topic = await FilledAsync(client, "mid-batch", inSegment);
        Assert.Equal(["a", "b", "c", "d"], (await client.FetchAsync(Fetch(topic, 1))).Values());
        Assert.Equal(["d"], (await client.FetchAsync(Fetch(topic, 3))).Values());
        var end = await client.FetchAsync(Fetch(topic, 4));
        Assert.Equal((ErrorCode.None, 0), (end.ErrorCode, end.Records!.Length));
    }

    [Fact]
    public async Task Once_the_bytes_are_used_up_other_partitions_wait_for_their_turn()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("turns", partitions: 3);
        foreach (var partition in new[] { 1, 2 })
        {
            await client.AppendAsync("turns", Batches.OfSize(1000), partition);
        }

        FetchRequest.FetchPartition Of(int partition) => new() { Partition = partition, PartitionMaxBytes = 100_000 };
        var response = await client.AskAsync(new FetchRequest { MaxBytes = 500, Topics = [new() { Topic = "turns", Partitions = [Of(0), Of(2), Of(1)] }] }, 12);

        // Of those that have records the first one asked for is served, also when it is larger than everything together.
        var partitions = Assert.Single(response.Responses).Partitions;
        Assert.Equal([(0, false), (2, true), (1, false)], partitions.Select(p => (p.PartitionIndex, p.Records is { Length: > 0 })));
    }

    [Fact]
    public async Task An_offset_outside_the_log_is_out_of_range()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("ranged");
        await client.AppendAsync("ranged", Batches.Of("a"));
        await client.AppendAsync("ranged", Batches.Of("b", "c"));
        foreach (var offset in new long[] { -1, 4, long.MaxValue })
        {
            var fetched = await client.FetchAsync(Fetch("ranged", offset));
            Assert.Equal((ErrorCode.OffsetOutOfRange, 0), (fetched.ErrorCode, fetched.Records!.Length));
        }

        await client.AskAsync(new DeleteRecordsRequest { Topics = [new() { Name = "ranged", Partitions = [new() { Offset = 2 }] }] });
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(Fetch("ranged", 1))).ErrorCode);
        var inRange = await client.FetchAsync(Fetch("ranged", 2));
        Assert.Equal((ErrorCode.None, 2L), (inRange.ErrorCode, inRange.LogStartOffset));
        Assert.Equal(["b", "c"], inRange.Values());
    }

    [Fact]
    public async Task A_topic_that_was_made_anew_is_not_read_by_its_old_id()
    {
        await using var client = await broker.ConnectAsync();
        var old = await client.CreateAsync("remade");
        await client.AppendAsync("remade", Batches.Of("old"));
        await client.DeleteAsync("remade");
        var renewed = await client.CreateAsync("remade");
        await client.AppendAsync("remade", Batches.Of("new"));

        FetchRequest By(Guid id, int partition = 0)
        {
            var request = Fetch("", 0, partition);
            request.Topics[0].TopicId = id;
            return request;
        }

        Assert.Equal(ErrorCode.UnknownTopicId, (await client.FetchAsync(By(old), 13)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.FetchAsync(By(renewed, partition: 5), 13)).ErrorCode);
        Assert.Equal(["new"], (await client.FetchAsync(By(renewed), 13)).Values());
        Assert.Equal(["new"], (await client.FetchAsync(Fetch("remade", 0))).Values());
    }

    [Fact]
    public async Task A_topic_or_partition_that_does_not_exist_is_unknown()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("known");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.FetchAsync(Fetch("unknown", 0))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await client.FetchAsync(Fetch("known", 0, partition: 1))).ErrorCode);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_an_append()
    {
        await using var reader = await broker.ConnectAsync();
        await using var writer = await broker.ConnectAsync();
        await writer.CreateAsync("woken", partitions: 2);
        var request = Waiting("woken", minBytes: 1, maxWaitMs: 15_000);
        request.Topics[0].Partitions.Insert(0, new() { Partition = 1, PartitionMaxBytes = 1000 });
        var asked = Stopwatch.StartNew();
        var correlationId = await reader.SendAsync(request, 12);
        await Task.Delay(50);
        await writer.AppendAsync("woken", Batches.Of("a"));

        var response = await reader.ReceiveAsync<FetchResponse>(correlationId, 12);

        Assert.Equal(["a"], response.Responses[0].Partitions[1].Values());
        Assert.Empty(response.Responses[0].Partitions[0].Values());
        Assert.True(asked.ElapsedMilliseconds < 10_000, $"The fetch was answered after {asked.ElapsedMilliseconds} ms.");
    }

    [Fact]
    public async Task Who_waits_is_answered_with_nothing_when_the_time_is_over()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("in-vain");
        var asked = Stopwatch.StartNew();
        var fetched = await client.FetchAsync(Waiting("in-vain", minBytes: 1, maxWaitMs: 300));
        Assert.Equal((ErrorCode.None, 0), (fetched.ErrorCode, fetched.Records!.Length));
        Assert.InRange(asked.ElapsedMilliseconds, 290, 10_000);
    }

    [Fact]
    public async Task Who_asks_for_more_bytes_than_there_are_waits_for_them_all()
    {
        await using var reader = await broker.ConnectAsync();
        await using var writer = await broker.ConnectAsync();
        await writer.CreateAsync("min-bytes");
        await writer.AppendAsync("min-bytes", Batches.OfSize(1000));
        var asked = Stopwatch.StartNew();
        var correlationId = await reader.SendAsync(Waiting("min-bytes", minBytes: 3000, maxWaitMs: 15_000), 12);
        await Task.Delay(50);
        await writer.AppendAsync("min-bytes", Batches.OfSize(1000));
        await Task.Delay(50);
        await writer.AppendAsync("min-bytes", Batches.OfSize(1000));

        var response = await reader.ReceiveAsync<FetchResponse>(correlationId, 12);

        Assert.True(response.Responses[0].Partitions[0].Records!.Length >= 3000);
        Assert.True(asked.ElapsedMilliseconds < 10_000, $"The fetch was answered after {asked.ElapsedMilliseconds} ms.");
    }

    [Fact]
    public async Task What_there_is_comes_when_the_bytes_asked_for_do_not_come_in_time()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("too-few");
        await client.AppendAsync("too-few", Batches.Of("a"));
        var asked = Stopwatch.StartNew();
        Assert.Equal(["a"], (await client.FetchAsync(Waiting("too-few", minBytes: 100_000, maxWaitMs: 200))).Values());
        Assert.InRange(asked.ElapsedMilliseconds, 190, 10_000);
    }

    [Fact]
    public async Task An_error_does_not_wait()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("waits-for-nothing");
        var request = Waiting("waits-for-nothing", minBytes: 1, maxWaitMs: 15_000);
        request.Topics[0].Partitions.Add(new() { Partition = 8 });
        var asked = Stopwatch.StartNew();
        var response = await client.AskAsync(request, 12);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], response.Responses[0].Partitions.Select(p => p.ErrorCode));
        Assert.True(asked.ElapsedMilliseconds < 10_000, $"The fetch was answered after {asked.ElapsedMilliseconds} ms.");
    }

    [Fact]
    public async Task Who_waits_for_a_topic_that_is_deleted_hears_of_it()
    {
        await using var reader = await broker.ConnectAsync();
        await using var admin = await broker.ConnectAsync();
        await admin.CreateAsync("going");
        var asked = Stopwatch.StartNew();
        var correlationId = await reader.SendAsync(Waiting("going", minBytes: 1, maxWaitMs: 15_000), 12);
        await Task.Delay(50);
        await admin.DeleteAsync("going");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await reader.ReceiveAsync<FetchResponse>(correlationId, 12)).Responses[0].Partitions[0].ErrorCode);
        Assert.True(asked.ElapsedMilliseconds < 10_000, $"The fetch was answered after {asked.ElapsedMilliseconds} ms.");
    }

    private static FetchRequest Waiting(string topic, int minBytes, int maxWaitMs)
    {
        var request = Fetch(topic, 0);
        (request.MinBytes, request.MaxWaitMs) = (minBytes, maxWaitMs);
        return request;
    }

    /// <summary>Three batches, a and b, c, d: in the tail, or in a segment, which is another way to read.</summary>
    private async Task<string> FilledAsync(Client client, string name, bool inSegment)
    {
        var topic = $"{name}-{(inSegment ? "segment" : "tail")}";
        var id = await client.CreateAsync(topic);
        await client.AppendAsync(topic, Batches.Of("a", "b"));
        await client.AppendAsync(topic, Batches.Of("c"));
        await client.AppendAsync(topic, Batches.Of("d"));
        if (inSegment)
        {
            await broker.SettledAsync(id);
        }

        return topic;
    }
}

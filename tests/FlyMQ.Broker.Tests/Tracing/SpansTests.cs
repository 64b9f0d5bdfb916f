using System.Collections.Concurrent;
using System.Diagnostics;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Broker.Tracing;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Storage;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Tracing;

/// <summary>A broker that traces everything: which spans a request makes, in which others they lie, and what they say.</summary>
public sealed class SpansTests(SpansTests.Traced broker) : IClassFixture<SpansTests.Traced>, IDisposable
{
    private readonly Listening _spans = new();

    [Fact]
    public async Task A_produce_of_two_batches_is_two_spans_with_an_append_each()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("two", partitions: 2);
        var request = Produce("two", TracedBatches.Of(TracedBatches.Parent()));
        request.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 1, Records = new(Batches.Of("a", "b")) });
        await client.AskAsync(request, 12);
        var produces = await _spans.UntilAsync("two", "flymq.produce", 2);
        Assert.Equal([0, 1], produces.Select(p => p.GetTagItem("flymq.partition")).Order());
        var joined = produces.Single(p => p.GetTagItem("flymq.partition") is 0);
        Assert.Equal((TracedBatches.Trace, TracedBatches.Span), (joined.TraceId.ToString(), joined.ParentSpanId.ToString()));
        Assert.Equal(default, produces.Single(p => p.GetTagItem("flymq.partition") is 1).ParentSpanId);
        var appends = await _spans.UntilAsync("two", "flymq.storage.append", 2);
        Assert.All(produces, p => Assert.Contains(appends, a => a.ParentSpanId == p.SpanId && a.TraceId == p.TraceId && a.GetTagItem("flymq.partition")!.Equals(p.GetTagItem("flymq.partition"))));
        Assert.All(produces, p => Assert.Equal((ActivityKind.Server, 0L, ActivityStatusCode.Unset), (p.Kind, p.GetTagItem("flymq.offset"), p.Status)));
    }

    [Fact]
    public async Task An_error_is_a_status_in_Kafkas_words_also_where_nobody_is_answered()
    {
        await using var client = await broker.ConnectAsync();
        await client.SendAsync(Produce("there-is-none", Batches.Of("a"), acks: 0), 12);
        var produce = (await _spans.UntilAsync("there-is-none", "flymq.produce", 1))[0];
        Assert.Equal((ActivityStatusCode.Error, "UNKNOWN_TOPIC_OR_PARTITION"), (produce.Status, produce.StatusDescription));
        Assert.Null(produce.GetTagItem("flymq.offset"));
        Assert.Empty(_spans.Of("there-is-none", "flymq.storage.append"));
    }

    [Fact]
    public async Task A_fetch_has_a_read_and_a_consume_for_each_partition_that_brought_records()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("fetched", partitions: 3);
        await client.ProduceAsync("fetched", Batches.Of("a", "b"), 0);
        await client.ProduceAsync("fetched", Batches.Of("c"), 2);
        await _spans.UntilAsync("fetched", "flymq.produce", 2);
        var request = Fetch("fetched", 0);
        request.Topics[0].Partitions.AddRange([Part(1, 0), Part(2, 0)]);
        await client.AskAsync(request, 12);
        var consumes = await _spans.UntilAsync("fetched", "flymq.consume", 2);
        Assert.Equal([0, 2], consumes.Select(c => c.GetTagItem("flymq.partition")).Order());
        var fetch = consumes[0].ParentSpanId;
        Assert.All(consumes.Concat(_spans.Of("fetched", "flymq.storage.read")), s => Assert.Equal((fetch, ActivityKind.Internal), (s.ParentSpanId, s.Kind)));
        Assert.Equal(2, _spans.Of("fetched", "flymq.storage.read").Count);

        // At the end there is nothing, and so no span; the one after it with an error has one.
        await client.FetchAsync(Fetch("fetched", 2));
        await client.FetchAsync(Fetch("fetched", 99));
        var failed = (await _spans.UntilAsync("fetched", "flymq.storage.read", 3))[2];
        Assert.Equal((ActivityStatusCode.Error, "OFFSET_OUT_OF_RANGE", 99L), (failed.Status, failed.StatusDescription, failed.GetTagItem("flymq.offset")));
        Assert.Equal(2, _spans.Of("fetched", "flymq.consume").Count);
        Assert.Single(_spans.Of("fetched", "flymq.fetch"));
    }

    public void Dispose() => _spans.Dispose();

    private static FetchRequest.FetchPartition Part(int partition, long offset) =>
        new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = 1 << 20, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1 };

    public sealed class Traced : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with
        {
            Tracing = new RequestTracing(new TraceSettings { SampleRate = 1 }, new SpanBudget(1_000_000, parts.Time), parts.Time, seed: 1),
        };
    }

    private sealed class Listening : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Listening()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name is RequestTracing.SourceName or StorageSpans.SourceName,
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Of(string topic, string name) => [.. _ended.Where(a => a.OperationName == name && a.GetTagItem("flymq.topic") as string == topic)];

        public async Task<IReadOnlyList<Activity>> UntilAsync(string topic, string name, int count)
        {
            await Until.TrueAsync(() => Task.FromResult(Of(topic, name).Count >= count), $"{count} spans {name} of {topic}");
            return Of(topic, name);
        }

        public void Dispose() => _listener.Dispose();
    }
}
